"""What an exit plan says as one document: read whole, checked for gaps, and hashed before it is signed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from segmentation import fair_offer, permissions, playbook
from segmentation.models import ExitPlan

if TYPE_CHECKING:
    from pmcrm.people.models import User

NEEDED_BEFORE: Final[dict[str, tuple[str, ...]]] = {
    "sponsor": ("why",),
    "open-coalition": ("why", "remedies", "trade-off"),
    "request-approval": ("why", "remedies", "trade-off", "offer", "people", "coalition"),
}

# Parts of the document that say what somebody or something is called.
_NAMES: Final = frozenset({"name", "if_then"})


def whole(plan_id: int) -> ExitPlan:
    """A plan with all its parts, in a constant number of queries."""
    return ExitPlan.objects.in_full().get(pk=plan_id)


def gaps(plan: ExitPlan) -> dict[str, list[str]]:
    """By section, sentences for what is missing. A complete section is not in the answer."""
    found = {
        "why": [] if plan.reason.strip() else [_("Say in words why this account should be parted with.")],
        "remedies": _remedy_gaps(plan),
        "trade-off": [str(sentence) for sentence in plan.sheet().gaps()],
        "offer": _offer_gaps(plan),
        "people": _people_gaps(plan),
        "coalition": _coalition_gaps(plan),
    }
    return {section: sentences for section, sentences in found.items() if sentences}


def missing_before(plan: ExitPlan, verb: str) -> dict[str, list[str]]:
    """The gaps that keep this verb from working."""
    needed = NEEDED_BEFORE.get(verb, ())
    return {section: sentences for section, sentences in gaps(plan).items() if section in needed}


def actions_for(plan: ExitPlan, user: User) -> list[str]:
    """What the person may do with the plan now: verbs of the playbook, and `edit`. Gaps in the plan count."""
    found = [
        verb for verb in playbook.MOVES if permissions.may_move(plan, user, verb) and not missing_before(plan, verb)
    ]
    return [*(["edit"] if permissions.may_edit(plan, user) else []), *found]


def _remedy_gaps(plan: ExitPlan) -> list[str]:
    done = {remedy.slug for remedy in plan.remedies.all()}
    return [
        _("%(remedy)s: say whether it was tried, and what came of it or why not.") % {"remedy": words[0]}
        for slug, words in playbook.REMEDIES.items()
        if slug not in done
    ]


def _offer_gaps(plan: ExitPlan) -> list[str]:
    offers = list(plan.offers.all())
    found = [
        str(sentence) for sentence in fair_offer.path_gaps(plan.path, [o.slug for o in offers], plan.no_help_reason)
    ]
    if plan.is_changeable:
        gone = [task.person.name for task in plan.tasks.all() if task.person and not task.person.is_active]
        found += [_("%(name)s has left: name another engineer.") % {"name": name} for name in gone]
    for offer in offers:
        kind = fair_offer.OFFERS[offer.slug]
        faults = fair_offer.offer_faults(offer.slug, offer.details, today=timezone.localdate())
        if plan.is_changeable and offer.is_expired and (until := offer.stands_until):
            day = date_format(until)
            found.append(_("%(offer)s: it stood until %(day)s; give a later day.") % {"offer": kind.label, "day": day})
        found += [_("%(offer)s: %(fault)s.") % {"offer": kind.label, "fault": fault} for fault in faults.values()]
        if plan.path not in kind.paths:
            found.append(
                _("%(offer)s is not an offer of the path “%(path)s”.")
                % {"offer": kind.label, "path": fair_offer.PATHS[plan.path]}
            )
    return found


def _people_gaps(plan: ExitPlan) -> list[str]:
    """Who still has to be named. The CFO comes with the coalition, so before it opens nobody is missed."""
    sentences = {
        playbook.CFO: _("Money is given back: a CFO has to sign, and nobody holds that office."),
        playbook.REFUND_APPROVER: _("The refund lies above the limit: name a second approver beside the CFO."),
        playbook.GUARD_APPROVER: _("The account is guarded: name an approver from outside product."),
        playbook.FINAL_APPROVER: _("Name the final approver."),
    }
    has_coalition = bool(plan.coalition.all())
    return [
        sentences[role]
        for role, person in permissions.signatories(plan).items()
        if (person is None or not person.is_active) and role in sentences and (role != playbook.CFO or has_coalition)
    ]


def _coalition_gaps(plan: ExitPlan) -> list[str]:
    rows = {row.office: row for row in plan.coalition.all()}
    return [
        _("%(office)s was neither talked to nor waived with a reason.") % {"office": role.label}
        for office, role in playbook.COALITION_ROLES.items()
        if office not in rows or not rows[office].is_heard
    ]


def content(plan: ExitPlan) -> dict[str, Any]:
    """Text and figures as they are signed: plain values, decimals as strings, people by id and name.

    Who is to sign is not in it, each signature says who did: an office that passes to another person meanwhile leaves
    the signatures of the others good.
    """
    with override(settings.LANGUAGE_CODE):
        sentence = plan.if_then
    texts = (
        "reason statement initiative option_a option_b failure_chance failure_reason embarrassment none_reasons"
        " department_lines choice chosen_on path no_help_reason is_guarded is_refund_large evidence"
        " talked_in_private_on"
    )
    document = {
        "plan": plan.pk,
        "round": plan.approval_round,
        "account": {"id": plan.account_id, "ref": plan.account.ref, "name": plan.account.name},
        "author": _person(plan.author),
        "chosen_by": _person(plan.chosen_by),
        **{name: getattr(plan, name) for name in texts.split()},
        "if_then": sentence,
        "signatures_needed": list(plan.signatures_needed),
        "remedies": _rows(plan.remedies.all(), "slug is_tried reason"),
        "pools": _rows(plan.pools.all(), "pool needed displaced used idle extra hiring hiring_starts_on"),
        "displaced": _rows(plan.displaced.all(), "group text account_id"),
        "offers": _rows(plan.offers.all(), "slug details"),
        "tasks": _rows(plan.tasks.all(), "department text hours done_on result"),
        "coalition": [
            _row(row, "office concern evidence_shown talked_on position conditions signed_at waiver_reason")
            | {"person": _person(row.signed_by)}
            for row in plan.coalition.all()
        ],
    }
    plain: dict[str, Any] = json.loads(json.dumps(document, cls=DjangoJSONEncoder))
    return plain


def to_sign(plan: ExitPlan) -> dict[str, Any]:
    """What signatures of this round are given to: the document as it was when they were asked for."""
    return content(plan) if plan.requested_document is None else plan.requested_document


def still_says(plan: ExitPlan) -> bool:
    """Whether the plan holds everything that is to be signed.

    A document keeps the form in which it was asked for: what a later version of the product adds to plans, and a new
    name of the account or of a person, changes nothing of what the signatories agreed to.
    """
    return _holds(content(plan), to_sign(plan))


def _holds(now: Any, asked: Any) -> bool:
    if isinstance(asked, dict) and isinstance(now, dict):
        return all(key in now and _holds(now[key], value) for key, value in asked.items() if key not in _NAMES)
    if isinstance(asked, list) and isinstance(now, list):
        return len(asked) == len(now) and all(map(_holds, now, asked))
    return bool(asked == now)


def hash_of(document: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON: keys sorted, no spaces, UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _person(person: User | None) -> dict[str, Any] | None:
    return None if person is None else {"id": person.pk, "name": person.name}


def _row(row: Any, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}


def _rows(rows: Any, names: str) -> list[dict[str, Any]]:
    return [_row(row, names) for row in rows]
