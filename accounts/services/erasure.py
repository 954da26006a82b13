"""A person is forgotten on request: at once all that is kept about them; then, by a job, wherever a text names them.

What the machine keeps copies of (history, trail, what imports saw, answers of the API, drafts) is cleared by itself.
What a colleague wrote is never changed in silence: it is listed, and taken out place by place; a file goes as a whole.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import to_python

from accounts import erasing, naming
from accounts.models import Contact, Erasure, Mention
from accounts.models.erasure import ErasureState, MentionState
from accounts.services.erasure_places import clear_machine_copies, mentions_in_texts, read_text, write_text
from accounts.services.trash import forget_people
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.exchange.models import Changed, Created
from pmcrm.jobs.models import ClaimLost
from pmcrm.people.permissions import may
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pmcrm.people.models import User

AT_ONCE: Final = 500
IMPORT: Final = "exchange.import"


@transaction.atomic
def erase_contact(
    *, actor: User, contact: Contact, version: int, requested_on: dt.date, reason: str, typed: str
) -> Erasure:
    """Forget a person: name, ways to reach them, background, own fields, references, history, merges, pairs.

    The row stays without a name, so that talks, hours and figures stay as they are. `typed` is their name, typed to
    confirm. Afterwards `look_through` has to be started for the erasure that is returned. There is no way back.
    """
    if not may(actor, "contact.erase"):
        raise RuleViolation(_("Only a product lead or an administrator erases a person."), code="not_yours")
    rows = Contact.objects.select_for_update(of=("self",)).select_related("account")
    current = rows.filter(pk=contact.pk, erased_at=None, merged_into=None).first()
    if current is None:
        raise RuleViolation(_("This person is not here any more."), code="gone")
    if current.version != version:
        raise StaleVersion(
            _("Somebody saved this contact in between. Nothing was erased; look at it again."),
            current={"version": current.version},
        )
    if " ".join(typed.split()).casefold() != " ".join(current.name.split()).casefold():
        sentence = _("Type the name as it stands above to confirm.")
        raise RuleViolation(sentence, fields={"typed": sentence})
    if requested_on > timezone.localdate():
        sentence = _("The day of the request cannot lie ahead.")
        raise RuleViolation(sentence, fields={"requested_on": sentence})
    keys = [current.pk, *Contact.objects.filter(merged_into=current).values_list("pk", flat=True)]
    patterns = _patterns(keys)
    reason = " ".join(reason.split())[:300]
    if not reason or (patterns and naming.spans(reason, naming.for_python(patterns))):
        sentence = _("Say why, without naming the person: this stays on record.")
        raise RuleViolation(sentence, fields={"reason": sentence})
    forget_people(keys, delete=False)
    made = Erasure.objects.create(
        contact=current, created_by=actor, requested_on=requested_on, reason=reason, patterns=patterns
    )
    _note_files(made, keys)
    record(
        actor=actor,
        verb="contact.erased",
        subject=Contact(pk=current.pk),
        account_id=current.account_id,
        requested_on=requested_on,
        reason=reason,
    )
    return made


def look_through(pk: int) -> Erasure | None:
    """Clear the copies that the machine keeps and list the texts that may name the person.

    None where it is done or in other hands. Killed in between it is done anew: a second time finds what is left.
    """
    job = Erasure.try_claim(pk, working_state=ErasureState.WORKING)
    if job is None:
        return None
    try:
        with job.beating():
            if job.patterns:
                clear_machine_copies(job.patterns)
                _look_through_files(job)
                found: list[Mention] = []
                for label, key, column, text, places in mentions_in_texts(job.patterns):
                    digest = naming.digest(text)
                    found.append(
                        Mention(erasure=job, label=label, object_id=key, column=column, spans=places, digest=digest)
                    )
                    if len(found) >= AT_ONCE:
                        _keep(job, found)
                        found = []
                _keep(job, found)
            with transaction.atomic():
                locked = job.lock_claimed()
                locked.patterns, locked.state, locked.finished_at = [], ErasureState.DONE, timezone.now()
                locked.save()
    except ClaimLost:
        return None
    return locked


def _look_through_files(job: Erasure) -> None:
    """Files are listed where they name the person: what stands in them is not changed place by place."""
    pattern = naming.for_python(job.patterns)
    people = [job.contact_id, *Contact.objects.filter(merged_into=job.contact_id).values_list("pk", flat=True)]
    for kept in erasing.everywhere():
        places = [
            Mention(erasure=job, label=kept.label, object_id=key, column=erasing.FILE, digest="")
            for key in kept.look(pattern, people)
        ]
        _keep(job, places)


def _keep(job: Erasure, found: Iterable[Mention]) -> None:
    made = Mention.objects.bulk_create(found, ignore_conflicts=True)
    job.report_progress(job.done_units + len(made))


@transaction.atomic
def redact_mention(*, actor: User, mention: Mention) -> Mention:
    """Take the name, address or number out of one text. What was changed since it was found is left alone."""
    current = _to_settle(actor, mention)
    if current.state == MentionState.REDACTED:
        return current
    if current.is_file:
        forget = erasing.kept_as(current.label).forget
        assert forget is not None  # only what can be taken away is listed
        forget(actor, current.object_id)
        return _settle(actor, current, MentionState.REDACTED)
    text = read_text(current.label, current.object_id, current.column, lock=True)
    if text is not None:
        if naming.digest(text) != current.digest:
            raise RuleViolation(_("This text was changed since. Open it and look for yourself."), code="changed")
        write_text(current.label, current.object_id, current.column, text, naming.without(text, current.spans))
    return _settle(actor, current, MentionState.REDACTED)


@transaction.atomic
def keep_mention(*, actor: User, mention: Mention) -> Mention:
    """This is about somebody else, or has to stay: leave the text as it is."""
    return _settle(actor, _to_settle(actor, mention), MentionState.KEPT)


def _note_files(erasure: Erasure, keys: list[int]) -> None:
    """Imports that brought the person in: their files may still hold them. What they would put back goes."""
    about = {"label": Contact._meta.label_lower, "object_id__in": keys}
    batches = {
        batch for model in (Created, Changed) for batch in model.objects.filter(**about).values_list("batch", flat=True)
    }
    Changed.objects.filter(**about).delete()
    Mention.objects.bulk_create(
        Mention(erasure=erasure, label=IMPORT, object_id=batch, column=erasing.FILE, digest="")
        for batch in sorted(batches)
    )


def _to_settle(actor: User, mention: Mention) -> Mention:
    if not may(actor, "contact.erase"):
        raise RuleViolation(_("Only a product lead or an administrator erases a person."), code="not_yours")
    return Mention.objects.select_for_update(of=("self",)).select_related("erasure").get(pk=mention.pk)


def _settle(actor: User, mention: Mention, state: MentionState) -> Mention:
    mention.state, mention.settled_by, mention.settled_at = state, actor, timezone.now()
    mention.save(update_fields=["state", "settled_by", "settled_at"])
    record(actor=actor, verb=f"mention.{state}", subject=mention, where=f"{mention.label} {mention.object_id}")
    return mention


def _patterns(keys: list[int]) -> list[str]:
    """Every name, address and number that these records have or had."""
    columns = ("name", "email", "phone")
    events = apps.get_model("accounts", "contactevent").objects.filter(pgh_obj__in=keys)
    known = {*Contact.objects.filter(pk__in=keys).values_list(*columns), *events.values_list(*columns)}
    found = set()
    for name, email, phone in known:
        found |= {naming.pattern_of_name(name), naming.pattern_of_email(email or "")}
        if phone:
            number = to_python(str(phone))
            has_parts = number is not None and number.is_valid()
            national = str(number.national_number) if has_parts else "".join(filter(str.isdigit, str(phone)))
            found.add(naming.pattern_of_phone(national, str(number.country_code) if has_parts else ""))
    return sorted(found - {""})
