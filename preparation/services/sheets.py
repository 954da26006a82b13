"""The sheet of one talk: what is missing on it, and writing on it without losing anybody's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.countries import country_of_zone
from accounts.models import Contact
from accounts.services.limits import engagement
from accounts.working_day import working_days_after
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.notices.models import Kind
from pmcrm.notices.services import note
from pmcrm.trail.services import record
from preparation import quality
from preparation.models import ListenerRole, Sheet, Telling
from preparation.permissions import may_confirm_line, may_prepare
from preparation.quality import Completeness, completeness_of, required_of
from preparation.services.first_contact import first_for
from preparation.services.issues import has_issues
from preparation.services.requirements import asked_of
from touchpoints.models import Attendance, Interaction, InteractionKind, InteractionStatus
from touchpoints.services.needs import open_needs
from touchpoints.services.statements import statements_due

if TYPE_CHECKING:
    from accounts.engagement import Engagement
    from accounts.models import Account
    from pmcrm.people.models import User
    from preparation.services.issues import Issue
    from touchpoints.models import InteractionQuerySet, Statement, UrgentNeed

TALKS: Final = (InteractionKind.CALL, InteractionKind.MEETING)
TEXTS: Final = {"issues_note": 4000, "people_note": 4000, "sales_line": 2000}
WRITABLE: Final = (*TEXTS, "is_introduction", "listener_role", "to_say", "nothing_in", "talk_share")


@dataclass
class State:
    """What the completeness of a sheet is judged by, read once; whoever has some of it at hand puts it in."""

    account: Account | None
    contacts: list[Contact]
    needs: list[UrgentNeed]
    due: list[Statement]
    has_issues: bool
    has_tellings: bool
    is_first: bool
    limits: Engagement
    met: dict[str, bool] = field(default_factory=dict)


def talks_to_prepare(user: User) -> InteractionQuerySet:
    """The calls and meetings that this person sees, with all that their sheets name."""
    seen = Interaction.objects.visible_to(user).filter(kind__in=TALKS)
    return talk_details(seen)


def talk_details(rows: InteractionQuerySet | None = None) -> InteractionQuerySet:
    """Talks with their sheets, who takes part, the accounts, their owners and figures."""
    more = ("relationship_owner", "product_manager", "figures", "strategic_entry")
    present = Attendance.objects.with_account().select_related(*(f"account__{name}" for name in more))
    found = Interaction.objects.all() if rows is None else rows
    people = Prefetch("contacts", Contact.objects.in_sight())
    sheet = ("sheet__line_confirmed_by", "sheet__line_by", "sheet__talk_share_by")
    return found.select_related("author", *sheet).prefetch_related(Prefetch("attendances", present), people)


def next_talk(user: User, account: Account) -> Interaction | None:
    """The next call or meeting that is planned with an account, as far as the person sees it."""
    there = talks_to_prepare(user).filter(attendances__account=account, attendances__is_second_hand=False)
    return there.filter(status=InteractionStatus.PLANNED, at__gte=timezone.now()).order_by("at", "pk").first()


def sheet_of(interaction: Interaction) -> Sheet:
    """The sheet of a talk; an empty one, not saved, where nobody wrote on it."""
    found = Sheet.objects.with_talk().filter(interaction=interaction).first()
    if found is None:
        return Sheet(interaction=interaction)
    found.interaction = interaction
    return found


def sheet_read_with(interaction: Interaction) -> Sheet:
    """The same of a talk that was just read by `talk_details`."""
    return getattr(interaction, "sheet", None) or Sheet(interaction=interaction)


def main_account(interaction: Interaction) -> Account | None:
    """Whom the sheet is about: the first account present."""
    return next(iter(interaction.present), None)


def state_of(sheet: Sheet, *, issues: Collection[Issue] = ()) -> State:
    """Read what the completeness is judged by. It is the same for everybody who looks at it; `issues` are those that
    somebody sees, where they were read already."""
    talk = sheet.interaction
    account = main_account(talk)
    contacts = [one for one in talk.contacts.all() if not (one.deleted_at or one.erased_at or one.merged_into_id)]
    is_first = bool(first_for(talk))
    asks_experience = bool(sheet.pk) and (is_first or sheet.is_introduction)
    for contact in contacts:
        if account is not None and contact.account_id == account.pk:
            contact.account = account
    due = statements_due(account=account, contacts=contacts, at=talk.at) if account else []
    return State(
        account=account,
        contacts=contacts,
        needs=open_needs(account) if account else [],
        due=[one for one in due if one.suits(talk.kind)],
        has_issues=account is not None and (any(one.is_open_to_all for one in issues) or has_issues(account)),
        has_tellings=asks_experience and Telling.objects.filter(sheet=sheet).exists(),
        is_first=is_first,
        limits=engagement(),
        met=asked_of(talk),
    )


def completeness(sheet: Sheet, state: State | None = None) -> Completeness:
    """Which share of what this talk requires is there, and what is missing."""
    known = state or state_of(sheet)
    required = required_of(
        has_sales_owner=known.account is not None and known.account.relationship_owner_id is not None,
        is_first=known.is_first or sheet.is_introduction,
        more=list(known.met),
    )
    return completeness_of(required, _filled(sheet, known))


def _filled(sheet: Sheet, state: State) -> set[str]:
    account = state.account
    there = {
        quality.BUSINESS: account is not None
        and bool(account.business_summary.strip())
        and not is_stale(account, state.limits),
        quality.ISSUES: state.has_issues or bool(sheet.issues_note.strip()),
        quality.TEMPERAMENT: any(contact.temperament for contact in state.contacts),
        quality.NEED: bool(state.needs),
        quality.STATEMENTS: {one.slug for one in state.due} <= set(sheet.to_say),
        quality.PEOPLE: any(contact.role or contact.job_title.strip() for contact in state.contacts),
        quality.SALES_LINE: account is not None and is_line_agreed(sheet, account, state.limits),
        quality.EXPERIENCE: state.has_tellings,
        quality.LISTENER: bool(sheet.listener_role),
    }
    there |= {slug: True for slug in sheet.nothing_in if slug in quality.MAY_BE_NONE}
    return {slug for slug, is_there in {**there, **state.met}.items() if is_there}


def is_stale(account: Account, limits: Engagement) -> bool:
    """Whether what we know of their business is older than the set limit, or of an unknown day."""
    days = dt.timedelta(days=limits.business_days)
    return account.business_as_of is None or account.business_as_of < timezone.localdate() - days


def line_due(sheet: Sheet, account: Account, limits: Engagement) -> dt.datetime | None:
    """From when on the owner's silence counts as agreement: so many of the owner's working days after being asked, by
    the calendar of the country that their zone tells. None where this owner was not asked."""
    owner = account.relationship_owner
    if owner is None or sheet.line_asked_at is None or sheet.line_asked_of_id != owner.pk:
        return None
    country = country_of_zone(owner.time_zone)
    return working_days_after(sheet.line_asked_at, limits.sales_notice_days, owner.zone, country)


def is_line_agreed(sheet: Sheet, account: Account, limits: Engagement) -> bool:
    """There is a line, and the owner confirmed it or had time enough to object."""
    if not sheet.sales_line.strip():
        return False
    due = line_due(sheet, account, limits)
    return sheet.line_confirmed_at is not None or (due is not None and due <= timezone.now())


@transaction.atomic
def write_sheet(
    *, actor: User, interaction: Interaction, version: int, values: Mapping[str, Any], is_whole: bool = True
) -> Sheet:
    """Write on the sheet as it was read in `version`; 0 is a sheet that nobody wrote on yet.

    `is_whole` refuses where anything was changed since. Without it only the fields written must be as they were read,
    so that two people who fill in different ones do not disturb each other.
    """
    if unknown := values.keys() - set(WRITABLE):
        raise LookupError(f"a sheet has no field {sorted(unknown)}")
    if interaction.kind not in TALKS:
        raise RuleViolation(_("Only a call or a meeting is prepared."))
    if not may_prepare(actor, interaction):
        raise RuleViolation(_("Who takes part, and who owns the account, prepares this talk."), code="not_yours")
    sheet = locked_sheet(interaction)
    if "talk_share" in values and sheet.talk_share is not None and sheet.talk_share_by_id != actor.pk:
        sentence = _("A colleague entered how much we talked, for themselves.")
        raise RuleViolation(sentence, code="not_yours", fields={"talk_share": sentence})
    changed = {name: value for name, value in _checked(sheet, values).items() if getattr(sheet, name) != value}
    clashing = [name for name in changed if sheet.touched.get(name, 0) > version]
    if clashing or (is_whole and sheet.version != version and not (sheet.version == 1 and version == 0)):
        raise StaleVersion(
            _("Somebody wrote here in the meantime. Nothing was overwritten."),
            current={name: getattr(sheet, name) for name in values} | {"version": sheet.version},
        )
    if not changed:
        return sheet
    freeze_if_begun(sheet)
    for name, value in changed.items():
        setattr(sheet, name, value)
    if "sales_line" in changed:
        _ask_for_line(actor, sheet)
    if "talk_share" in changed:
        sheet.talk_share_by = actor
    touch(actor, sheet, changed)
    return sheet


@transaction.atomic
def confirm_line(*, actor: User, interaction: Interaction) -> Sheet:
    """The owner of the relationship agrees to the line. A second time changes nothing."""
    account = main_account(interaction)
    if account is None or not may_confirm_line(actor, account):
        raise RuleViolation(_("The owner of the relationship agrees to the line."), code="not_yours")
    sheet = locked_sheet(interaction)
    if not sheet.sales_line.strip():
        raise RuleViolation(_("There is no line to agree to yet."))
    if sheet.line_confirmed_at is None:
        freeze_if_begun(sheet)
        sheet.line_confirmed_at, sheet.line_confirmed_by = timezone.now(), actor
        touch(actor, sheet, ["line_confirmed"])
    return sheet


def locked_sheet(interaction: Interaction) -> Sheet:
    """The sheet, made where there is none, and nobody else's until the end of the transaction."""
    Sheet.objects.get_or_create(interaction=interaction)
    sheet = Sheet.objects.select_for_update(of=("self",)).get(interaction=interaction)
    sheet.interaction = interaction
    return sheet


def touch(actor: User, sheet: Sheet, fields: Iterable[str]) -> None:
    """Save what was changed: a new version, the share anew, and a row in the trail that names the fields only."""
    names = sorted(fields)
    sheet.version += 1
    sheet.touched |= dict.fromkeys(names, sheet.version)
    sheet.share = completeness(sheet).share
    sheet.save()
    talk = sheet.interaction
    for account_id in [None] if talk.is_private else [account.pk for account in talk.present]:
        record(actor=actor, verb="sheet.written", subject=sheet, account_id=account_id, fields=names)


def freeze_if_begun(sheet: Sheet) -> None:
    """How complete it was when the talk began is kept; what is added later does not change that."""
    if sheet.share_at_start is None and sheet.interaction.at <= timezone.now():
        sheet.share_at_start = completeness(sheet).share if sheet.pk else Decimal(0)


def _checked(sheet: Sheet, values: Mapping[str, Any]) -> dict[str, Any]:
    found, wrong = dict(values), {}
    for name, most in TEXTS.items():
        if name in found:
            found[name] = str(found[name]).strip()
            if len(found[name]) > most:
                wrong[name] = _("At most %(most)d characters.") % {"most": most}
    if found.get("listener_role", "") not in {"", *ListenerRole.values}:
        wrong["listener_role"] = _("Choose one of: %(known)s.") % {"known": ", ".join(ListenerRole.values)}
    if "nothing_in" in found:
        found["nothing_in"] = sorted(set(found["nothing_in"]))
        if set(found["nothing_in"]) - quality.MAY_BE_NONE:
            known = ", ".join(sorted(quality.MAY_BE_NONE))
            wrong["nothing_in"] = _("Choose one of: %(known)s.") % {"known": known}
    if "to_say" in found:
        found["to_say"] = sorted(set(found["to_say"]))
    share = found.get("talk_share")
    if share is not None:
        if not 0 <= share <= 1:
            wrong["talk_share"] = _("A share lies between 0 and 100 %.")
        elif sheet.interaction.is_planned and sheet.interaction.at > timezone.now():
            wrong["talk_share"] = _("How much we talked is known after the talk.")
    if wrong:
        raise RuleViolation(" ".join(wrong.values()), fields=wrong)
    return found


def _ask_for_line(actor: User, sheet: Sheet) -> None:
    """A new line is agreed to anew. Whoever owns the relationship and writes it agrees by writing it."""
    account = main_account(sheet.interaction)
    now = timezone.now()
    sheet.line_by, sheet.line_asked_at = actor, now if sheet.sales_line else None
    owner = account.relationship_owner if account is not None and sheet.sales_line else None
    sheet.line_asked_of = owner
    if owner is not None and owner.pk != actor.pk:
        _tell_of_line(sheet, owner, now)
    is_owners = bool(sheet.sales_line) and account is not None and account.relationship_owner_id == actor.pk
    sheet.line_confirmed_at, sheet.line_confirmed_by = (now, actor) if is_owners else (None, None)


@transaction.atomic
def ask_anew(sheet: Sheet) -> bool:
    """Ask whoever owns the relationship by now, where somebody else was asked. Whether there was anybody to ask."""
    account = main_account(sheet.interaction)
    owner = account.relationship_owner if account is not None else None
    if owner is None or owner.pk == sheet.line_asked_of_id:
        return False
    now = timezone.now()
    unchanged = Sheet.objects.with_line_to_agree().filter(pk=sheet.pk, version=sheet.version)
    if not unchanged.update(line_asked_at=now, line_asked_of=owner):
        return False
    sheet.line_asked_at, sheet.line_asked_of = now, owner
    _tell_of_line(sheet, owner, now)
    return True


def _tell_of_line(sheet: Sheet, owner: User, now: dt.datetime) -> None:
    """Words are kept as they are typed: one notice a day is enough."""
    if owner.is_active:
        path = reverse("preparation_sheet", args=[sheet.interaction_id])
        note(person=owner, kind=Kind.LINE_ASKED, key=f"line {sheet.interaction_id} {now:%Y-%m-%d}", path=path)
