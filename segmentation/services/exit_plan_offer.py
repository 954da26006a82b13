"""The fair offer of an exit plan: written as a section, answered by the customer, kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from segmentation import fair_offer
from segmentation.models import ExitOffer, ExitPlan
from segmentation.services import exit_plan_evidence as evidence
from segmentation.services.exit_plan import begin
from segmentation.services.exit_plan_proposal import sync_tasks
from segmentation.services.exit_plan_record import whole
from segmentation.services.exit_plan_sections import open_plan, refuse, save_section

if TYPE_CHECKING:
    import datetime as dt

# Who shares what we learned gets it as a next step, so it has to be somebody who can take one.
TAKES_STEPS: Final = "next_step.write"
PARTNER: Final = "partner_account"
Named = Mapping[str, Mapping[str, User | Account]]


@transaction.atomic
def edit_offer(
    *,
    actor: User,
    plan: ExitPlan,
    offers: Mapping[str, Mapping[str, object]],
    no_help_reason: str = "",
    tasks: Mapping[str, tuple[dt.date | None, str]] | None = None,
    version: int | None = None,
) -> ExitPlan:
    """The fair offer on the path that deals and ledger leave open. An offer with an empty detail is refused.

    `offers` is {slug: {field: value}}, a colleague by id; `tasks` is {department: (done on, result)} for the reviews
    of a bound customer.
    """
    plan = open_plan(actor, plan, version)
    plan.path = evidence.path_for(plan.account)
    people, partners = _people_of(offers), _partners_of(actor, offers)
    offers = {slug: _with_partner(details, partners) for slug, details in offers.items()}
    named: Named = {"person": people, "partner": partners}
    fields = {
        slug: sentence for slug, details in offers.items() if (sentence := _fault(plan.path, slug, details, named))
    }
    if set(tasks or {}) - set(fair_offer.TASKS):
        fields["tasks"] = _("Known reviews are: %(known)s.") % {"known": ", ".join(fair_offer.TASKS)}
    refuse(_("The offer was not saved."), fields)
    plan.offers.all().delete()
    ExitOffer.objects.bulk_create(
        ExitOffer(
            plan=plan,
            slug=slug,
            details=_plain(slug, details, named),
            partner_account=partners.get(str(details.get(PARTNER) or "")),
        )
        for slug, details in offers.items()
    )
    plan.no_help_reason = no_help_reason.strip()
    plan.is_refund_large = "refund" in offers and evidence.is_refund_large(_plain("refund", offers["refund"], named))
    sync_tasks(plan)
    for department, (done_on, result) in (tasks or {}).items():
        plan.tasks.filter(department=department).update(done_on=done_on, result=result.strip())
    return save_section(plan, actor, "offer", "path", "no_help_reason", "is_refund_large")


def _fault(path: str, slug: str, details: Mapping[str, object], named: Named) -> str:
    """What is wrong with one offer, in a sentence; empty where nothing is."""
    kind = fair_offer.OFFERS.get(slug)
    if kind is None or path not in kind.paths:
        allowed = ", ".join(offer.slug for offer in fair_offer.offers_for(path))
        return _("On the path “%(path)s” these can be offered: %(allowed)s.") % {
            "path": fair_offer.PATHS[path],
            "allowed": allowed,
        }
    faults = [str(fault) for fault in fair_offer.offer_faults(slug, details, today=timezone.localdate()).values()]
    if not faults:
        faults = [
            f"{field.label}: {fair_offer.WORDS[field.kind]}"
            for field in kind.fields
            if field.kind in named and _told(details, field) and _told(details, field) not in named[field.kind]
        ]
    engineer = named["person"].get(str(details.get("engineer")))
    if isinstance(engineer, User) and not may(engineer, TAKES_STEPS):
        faults = [_("%(name)s cannot take next steps; choose somebody else") % {"name": engineer.name}]
    return _("%(offer)s: %(faults)s.") % {"offer": kind.label, "faults": ", ".join(faults)} if faults else ""


def _told(details: Mapping[str, object], field: fair_offer.OfferField) -> str:
    return str(details.get(field.slug) or "").strip()


def _partners_of(actor: User, offers: Mapping[str, Mapping[str, object]]) -> dict[str, Account]:
    """The channel partners and suppliers that the offers name, by their id as text."""
    named = {str(details.get(PARTNER) or "") for details in offers.values()}
    asked = [int(text) for text in named if text.isascii() and text.isdecimal() and len(text) <= 18]
    partners = Account.objects.visible_to(actor).able_to_build().filter(pk__in=asked)
    return {str(partner.pk): partner for partner in partners} if asked else {}


def _with_partner(details: Mapping[str, object], partners: Mapping[str, Account]) -> Mapping[str, object]:
    """The details with the partner in words too: a chosen account names itself."""
    partner = partners.get(str(details.get(PARTNER) or ""))
    return details if partner is None else {**details, "partner": partner.name}


def _people_of(offers: Mapping[str, Mapping[str, object]]) -> dict[str, User]:
    """The active colleagues that the offers name, by their id as text."""
    named = {
        str(details.get(field.slug) or "")
        for slug, details in offers.items()
        if slug in fair_offer.OFFERS
        for field in fair_offer.OFFERS[slug].fields
        if field.kind == "person"
    }
    asked = [int(text) for text in named if text.isascii() and text.isdecimal() and len(text) <= 18]
    return {str(person.pk): person for person in User.objects.active().filter(pk__in=asked)} if asked else {}


def _plain(slug: str, details: Mapping[str, object], named: Named) -> dict[str, str]:
    """The details as kept: text, and the name of each colleague or partner beside the id."""
    kept: dict[str, str] = {}
    for field in fair_offer.OFFERS[slug].fields:
        text = _told(details, field)
        if not text and not field.is_required:
            continue
        kept[field.slug] = text
        if field.kind in named:
            kept[field.slug + fair_offer.NAME] = named[field.kind][text].name
    return kept


@transaction.atomic
def answer_offer(
    *,
    actor: User,
    plan: ExitPlan,
    offer: str,
    answer: str,
    answered_on: dt.date | None = None,
    version: int | None = None,
) -> ExitPlan:
    """Record whether the customer accepted an offer. What has expired by the day of the answer is not acceptable."""
    plan = begin(actor=actor, plan=plan, verb="answer-offer", version=version)
    made = _offer_of(plan, offer)
    today = timezone.localdate()
    answered_on = answered_on or today
    fields = {}
    if answer not in fair_offer.ANSWERS:
        fields["answer"] = _("Choose one of: %(known)s.") % {"known": ", ".join(fair_offer.ANSWERS)}
    if answered_on > today:
        fields["answered_on"] = _("An answer lies in the past: enter today or an earlier day.")
    until = made.stands_until
    if answer == fair_offer.ACCEPTED and until is not None and answered_on > until:
        fields["answer"] = _("This offer stood until %(day)s; it cannot be accepted any more.") % {
            "day": date_format(until)
        }
    if made.done_on is not None and answer != fair_offer.ACCEPTED:
        fields["answer"] = _("What was promised here is done already; the answer stays.")
    refuse(_("The answer was not recorded."), fields)
    made.answer, made.answered_on = answer, answered_on
    made.save(update_fields=["answer", "answered_on"])
    return _touched(plan, actor, "exit_plan.offer_answered", offer=offer, answer=answer)


@transaction.atomic
def finish_offer(
    *,
    actor: User,
    plan: ExitPlan,
    offer: str,
    done_on: dt.date | None = None,
    proof: str = "",
    version: int | None = None,
) -> ExitPlan:
    """Record that an accepted offer was kept. Promised work is done only with what shows it."""
    plan = begin(actor=actor, plan=plan, verb="finish-offer", version=version)
    made = _offer_of(plan, offer)
    today = timezone.localdate()
    done_on = done_on or today
    fields = {}
    if made.answer != fair_offer.ACCEPTED:
        fields["offer"] = _("Only an accepted offer can be kept; record their answer first.")
    if done_on > today:
        fields["done_on"] = _("Enter today or an earlier day.")
    if fair_offer.needs_proof(offer) and not proof.strip():
        fields["proof"] = _("Say what shows that it is done.")
    refuse(_("The offer was not marked as kept."), fields)
    made.done_on, made.proof = done_on, proof.strip()
    made.save(update_fields=["done_on", "proof"])
    return _touched(plan, actor, "exit_plan.offer_kept", offer=offer)


def _offer_of(plan: ExitPlan, slug: str) -> ExitOffer:
    made = next((offer for offer in plan.offers.all() if offer.slug == slug), None)
    if made is None:
        known = ", ".join(offer.slug for offer in plan.offers.all()) or "–"
        sentence = _("“%(offer)s” is no offer of this plan. It offers: %(known)s.") % {"offer": slug, "known": known}
        raise RuleViolation(sentence, fields={"offer": sentence})
    return made


def _touched(plan: ExitPlan, actor: User, verb: str, **data: Any) -> ExitPlan:
    plan.version, plan.changed_at = plan.version + 1, timezone.now()
    plan.save(update_fields=["version", "changed_at"])
    record(actor=actor, verb=verb, subject=plan, **data)
    return whole(plan.pk)
