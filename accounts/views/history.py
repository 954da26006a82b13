"""The trail of an account in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Contact, CustomField, Play

if TYPE_CHECKING:
    from pmcrm.trail.models import TrailEntry

WORDS: Final = {
    "account.created": ("plus", gettext_lazy("Account added")),
    "account.edited": ("pencil", gettext_lazy("Account changed")),
    "account.business_confirmed": ("check", gettext_lazy("Their business confirmed")),
    "account.value_restored": ("undo-2", gettext_lazy("An old value was restored")),
    "account.discarded": ("trash-2", gettext_lazy("Account deleted")),
    "account.restored": ("undo-2", gettext_lazy("Account restored from the trash")),
    "contact.value_restored": ("undo-2", gettext_lazy("An old value of %(subject)s was restored")),
    "contact.discarded": ("trash-2", gettext_lazy("Contact deleted: %(subject)s")),
    "contact.restored": ("undo-2", gettext_lazy("Contact restored from the trash: %(subject)s")),
    "contact.removed": ("trash-2", gettext_lazy("A contact was deleted for good")),
    "contact.erased": ("ban", gettext_lazy("A person was erased on request")),
    "account.handed_over": ("handshake", gettext_lazy("Account handed over")),
    "account.merged": ("copy", gettext_lazy("Another account went up in this one")),
    "account.merge_undone": ("undo-2", gettext_lazy("A merge was undone")),
    "contact.merged": ("copy", gettext_lazy("Another record went up in %(subject)s")),
    "contact.merge_undone": ("undo-2", gettext_lazy("A merge of %(subject)s was undone")),
    "duplicate.dismissed": ("copy", gettext_lazy("Said to be two: %(subject)s")),
    "duplicate.reopened": ("copy", gettext_lazy("Perhaps the same: %(subject)s")),
    "contact.created": ("user-plus", gettext_lazy("Contact added: %(subject)s")),
    "contact.edited": ("pencil", gettext_lazy("Contact changed: %(subject)s")),
    "contact.moved": ("users", gettext_lazy("%(subject)s moved to another company")),
    "contact.deleted": ("trash-2", gettext_lazy("Contact removed: %(subject)s")),
    "file.attached": ("file-text", gettext_lazy("File attached: %(subject)s")),
    "file.removed": ("trash-2", gettext_lazy("File removed: %(subject)s")),
    "file.restored": ("undo-2", gettext_lazy("File put back: %(subject)s")),
    "file.deleted": ("trash-2", gettext_lazy("File deleted for good: %(subject)s")),
    "urgent_need.raised": ("flag", gettext_lazy("Noted as urgent: %(subject)s")),
    "urgent_need.edited": ("pencil", gettext_lazy("Urgent need changed: %(subject)s")),
    "urgent_need.solved": ("circle-check", gettext_lazy("Solved: %(subject)s")),
    "urgent_need.dropped": ("x", gettext_lazy("Dropped: %(subject)s")),
    "urgent_need.handed_over": ("handshake", gettext_lazy("Urgent need handed over: %(subject)s")),
    "promise.added": ("handshake", gettext_lazy("Promised: %(subject)s")),
    "promise.kept": ("circle-check", gettext_lazy("Promise kept: %(subject)s")),
    "promise.broken": ("x", gettext_lazy("Promise broken: %(subject)s")),
    "promise.renegotiated": ("refresh-cw", gettext_lazy("Promise renegotiated: %(subject)s")),
    "promise.released": ("circle-check", gettext_lazy("Promise released: %(subject)s")),
    "promise.handed_over": ("handshake", gettext_lazy("Promise handed over: %(subject)s")),
    "strategic.added": ("star", gettext_lazy("Put on the strategic list")),
    "strategic.reviewed": ("star", gettext_lazy("Strategic rank reviewed")),
    "strategic.moved": ("star", gettext_lazy("Strategic rank changed")),
    "strategic.removed": ("star", gettext_lazy("Taken off the strategic list")),
    "account.serves": ("handshake", gettext_lazy("An internal account serves an external one")),
    "account.serves_no_more": ("x", gettext_lazy("An internal account serves an external one no more")),
    "enrolment.began": ("user-plus", gettext_lazy("Enrolled in a programme: %(subject)s")),
    "enrolment.ended": ("clock", gettext_lazy("A programme ended: %(subject)s")),
    "play.opened": ("flag", gettext_lazy("Play opened: %(subject)s")),
    "play.changed": ("pencil", gettext_lazy("Play changed: %(subject)s")),
    "play.ended": ("circle-check", gettext_lazy("Play ended: %(subject)s")),
    "play.handed_over": ("handshake", gettext_lazy("Play handed over: %(subject)s")),
    "contribution.marked": ("star", gettext_lazy("Contribution marked: %(subject)s")),
    "contribution.removed": ("x", gettext_lazy("Contribution mark removed: %(subject)s")),
    "rival.noted": ("scale", gettext_lazy("Against a rival: %(subject)s")),
    "rival.removed": ("x", gettext_lazy("Entry about a rival removed: %(subject)s")),
    "reference.used": ("handshake", gettext_lazy("Spoke for us: %(subject)s")),
    "reference.removed": ("x", gettext_lazy("Use as a reference removed: %(subject)s")),
    "value.assessed": ("scale", gettext_lazy("Value assessed")),
    "tier.set": ("scale", gettext_lazy("Tier set by hand")),
    "tier.ended": ("undo-2", gettext_lazy("Back to the computed tier")),
    "tier.expired": ("clock", gettext_lazy("Time of the set tier is over")),
}
_HIDDEN: Final = frozenset({"changes", "merge", "other_id", "moved", "one"})


def sentences(entries: Iterable[TrailEntry]) -> list[dict[str, Any]]:
    """One moment an entry: symbol, sentence, who and when, what changed from what to what."""
    moments = []
    entries = list(entries)
    own = _own_labels(entries)
    for entry in entries:
        icon, words = WORDS.get(entry.verb, ("info", entry.verb))
        labels = _labels(entry) | own.get(entry.subject_type, {})
        moments.append(
            {
                "icon": icon,
                "title": str(words) % {"subject": entry.subject_label} if "%" in str(words) else str(words),
                "who": entry.actor.name if entry.actor else _("the clock"),
                "at": entry.at,
                "changes": [
                    {"label": labels.get(name, name), "old": _shown(old), "new": _shown(new)}
                    for name, (old, new) in entry.data.get("changes", {}).items()
                ],
                "notes": [
                    {"label": _note_label(name), "text": _shown(value)}
                    for name, value in entry.data.items()
                    if name not in _HIDDEN and value not in (None, "")
                ],
            }
        )
    return moments


def _labels(entry: TrailEntry) -> dict[str, str]:
    models = {"accounts.account": Account, "accounts.contact": Contact, "accounts.play": Play}
    model: Any = models.get(entry.subject_type)
    if model is None:
        return {}
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return {field.name: str(field.verbose_name) for field in fields}


def _own_labels(entries: list[TrailEntry]) -> dict[str, dict[str, str]]:
    """What the organisation's own fields are called now, asked only where one was changed."""
    if not any(name.startswith("custom.") for entry in entries for name in entry.data.get("changes", {})):
        return {}
    labels: dict[str, dict[str, str]] = {}
    for thing, key, label in CustomField.objects.values_list("thing", "key", "label"):
        labels.setdefault(f"accounts.{thing}", {})[f"custom.{key}"] = label
    return labels


def _note_label(name: str) -> str:
    known = {
        "reason": _("Why"),
        "other": _("The other"),
        "other_ref": _("Its reference"),
        "over_cap_reason": _("Why above the limit"),
        "sponsor": _("Sponsor"),
        "review_by": _("Review by"),
        "rank": _("Rank"),
        "owner": _("Owner"),
        "due_on": _("Due"),
        "agreed_on": _("Agreed on"),
        "new_due_on": _("New day"),
        "from_account": _("From"),
        "to_account": _("To"),
        "from_person": _("From"),
        "to_person": _("To"),
        "on": _("On"),
        "dimension": _("Dimension"),
        "score": _("Score"),
        "size": _("Bytes"),
        "inside": _("Internal"),
        "outside": _("External"),
        "account": _("Internal account"),
        "until": _("Until"),
        "has_evidence": _("With evidence"),
    }
    return known.get(name, name)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return " → ".join(_shown(one) for one in value)
    return str(value)
