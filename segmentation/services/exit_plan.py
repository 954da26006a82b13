"""An exit plan on its way: sponsored, agreed with the offices, signed. One function a verb.

Each verb locks the plan's row, checks the state, the person and what is missing, writes in one transaction and leaves
a trail row that names neither the account nor what was said.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from pmcrm.people.permissions import may
from pmcrm.trail.services import record, record_view, record_views
from segmentation import fair_offer, permissions, playbook
from segmentation.models import CoalitionRow, ExitPlan, ExitSignature, ExitSnapshot
from segmentation.services import exit_plan_evidence as evidence
from segmentation.services.exit_plan_record import content, hash_of, missing_before, still_says, to_sign, whole
from touchpoints.services.next_steps import PlannedStep, add_next_step

# What was promised is shared within a month of the last signature.
INSIGHT_WITHIN: Final = dt.timedelta(days=30)


def see(*, actor: User, plan: ExitPlan, through: str = "page") -> None:
    """Note that the person read the plan. Every page, panel, print and API answer that shows one calls this."""
    record_view(actor=actor, subject=plan, through=through)


def see_rows(*, actor: User, plans: list[ExitPlan], through: str = "list") -> None:
    """Note that the person saw these plans in a list or a queue."""
    record_views(actor=actor, subjects=plans, through=through)


# -- the verbs ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def sponsor(
    *, actor: User, plan: ExitPlan, statement: str, talked_on: dt.date | None = None, version: int | None = None
) -> ExitPlan:
    """The head of product stands behind the plan, after a talk in private where another person wrote it."""
    plan = begin(actor=actor, plan=plan, verb="sponsor", version=version)
    if not permissions.may_sponsor(actor):
        raise RuleViolation(_("Only a product lead sponsors an exit plan."), code="not_yours")
    fields = {}
    if not statement.strip():
        fields["statement"] = _("Write what the others need to hear from you.")
    if plan.author_id != actor.pk and talked_on is None:
        fields["talked_on"] = _("Say on which day you talked about it in private with its author.")
    if talked_on is not None and talked_on > timezone.localdate():
        fields["talked_on"] = _("A talk lies in the past: enter today or an earlier day.")
    _refuse(_("The plan cannot be sponsored yet."), fields)
    _refuse_gaps(plan, "sponsor", _("Before it can be sponsored:"))
    plan.statement, plan.talked_in_private_on = statement.strip(), talked_on
    return _go(plan, actor, playbook.SPONSORED, "exit_plan.sponsored", "statement", "talked_in_private_on")


@transaction.atomic
def open_coalition(*, actor: User, plan: ExitPlan, version: int | None = None) -> ExitPlan:
    """Bring in the five offices. Needs remedies judged and a trade-off sheet in balance."""
    plan = begin(actor=actor, plan=plan, verb="open-coalition", version=version)
    _refuse_gaps(plan, "open-coalition", _("Before the coalition opens:"))
    CoalitionRow.objects.bulk_create(
        CoalitionRow(plan=plan, office=office, person=_holder(office)) for office in playbook.COALITION_ROLES
    )
    try:
        with transaction.atomic():
            return _go(plan, actor, playbook.COALITION, "exit_plan.coalition_opened")
    except IntegrityError as error:
        raise RuleViolation(_("Another plan for this account is under way; it has to end first.")) from error


@transaction.atomic
def talk(
    *,
    actor: User,
    plan: ExitPlan,
    office: str,
    concern: str = "",
    evidence_shown: str = "",
    talked_on: dt.date | None = None,
    position: str = "",
    conditions: str = "",
) -> CoalitionRow:
    """An office records its own position, or the sponsor records that a talk was held. Only offices take positions."""
    plan = begin(actor=actor, plan=plan, verb="talk")
    row = _coalition_row(plan, office)
    if row.person is None:
        row.person = _holder(office)
    if row.person is None:
        raise RuleViolation(
            _("Nobody holds the office %(office)s. Waive the talk with a reason, or name a holder under People.")
            % {"office": row.role.label}
        )
    is_own = row.person_id == actor.pk
    fields = {}
    if not is_own and plan.sponsor_id != actor.pk:
        raise RuleViolation(_("Each office speaks for itself; the sponsor may record a talk."), code="not_yours")
    if position and not is_own:
        fields["position"] = _("A position is taken by %(person)s alone.") % {"person": row.person}
    if position and position not in playbook.POSITIONS:
        fields["position"] = _("Choose one of: %(known)s.") % {"known": ", ".join(playbook.POSITIONS)}
    if is_own and not position:
        fields["position"] = _("Say where you stand.")
    if position in {"for_with_conditions", "against"} and not conditions.strip():
        fields["conditions"] = _("Write down the conditions or the objection.")
    if not is_own and talked_on is None:
        fields["talked_on"] = _("Say on which day you talked.")
    if talked_on is not None and talked_on > timezone.localdate():
        fields["talked_on"] = _("A talk lies in the past: enter today or an earlier day.")
    if not is_own and not concern.strip():
        fields["concern"] = _("Write down the concern in their words.")
    _refuse(_("The talk was not recorded."), fields)
    row.concern = concern.strip() or row.concern
    row.evidence_shown = evidence_shown.strip() or row.evidence_shown
    row.talked_on = talked_on or row.talked_on
    row.waiver_reason = ""
    if is_own:
        row.position, row.conditions = position, conditions.strip()
        row.signed_at, row.signed_by = timezone.now(), actor
    row.save()
    record(actor=actor, verb="exit_plan.position_taken" if is_own else "exit_plan.talked", subject=plan, office=office)
    return row


@transaction.atomic
def waive(*, actor: User, plan: ExitPlan, office: str, reason: str) -> CoalitionRow:
    """The sponsor goes on without hearing an office, and says why."""
    plan = begin(actor=actor, plan=plan, verb="waive")
    row = _coalition_row(plan, office)
    if row.position or row.talked_on:
        raise RuleViolation(_("%(office)s was heard already; there is nothing to waive.") % {"office": row.role.label})
    if not reason.strip():
        _refuse(_("A talk is waived only with a reason."), {"reason": _("Give the reason.")})
    row.waiver_reason = reason.strip()
    row.save(update_fields=["waiver_reason"])
    record(actor=actor, verb="exit_plan.talk_waived", subject=plan, office=office)
    return row


@transaction.atomic
def request_approval(*, actor: User, plan: ExitPlan, version: int | None = None) -> ExitPlan:
    """Ask for the signatures. The path is held against deals and ledger once more, and guards are looked up again."""
    plan = begin(actor=actor, plan=plan, verb="request-approval", version=version)
    path = evidence.path_for(plan.account)
    if path != plan.path:
        raise RuleViolation(
            _("Deals and ledger now say “%(now)s”, the plan says “%(before)s”. Save the fair offer again.")
            % {"now": fair_offer.PATHS[path], "before": fair_offer.PATHS[plan.path]},
            fields={"offer": _("The path has changed.")},
        )
    found = set(plan.evidence.get("guards", [])) | evidence.guards(plan.account, plan.flag)
    plan.is_guarded = bool(found)
    refund = next((offer.details for offer in plan.offers.all() if offer.slug == "refund"), None)
    plan.is_refund_large = refund is not None and evidence.is_refund_large(refund)
    plan.evidence = plan.evidence | {"guards": sorted(found)}
    for row in plan.coalition.all():
        if row.office == playbook.CFO and (row.person is None or not row.person.is_active):
            row.person = _holder(row.office)
            row.save(update_fields=["person"])
    _refuse_gaps(plan, "request-approval", _("Before approval can be requested:"))
    check_people(plan)
    plan.approval_round += 1
    plan.requested_at = timezone.now()
    plan.requested_document = content(plan)
    return _go(
        plan,
        actor,
        playbook.APPROVAL,
        "exit_plan.approval_requested",
        *("approval_round", "requested_at", "requested_document", "is_guarded", "is_refund_large", "evidence"),
    )


@transaction.atomic
def approve(*, actor: User, plan: ExitPlan, comment: str = "", version: int | None = None) -> ExitPlan:
    """Sign. The last signature freezes the plan: text, figures and hash can never be changed again."""
    plan = begin(actor=actor, plan=plan, verb="approve", version=version)
    document = to_sign(plan)
    signature = _sign(plan, actor, "approve", comment, hash_of(document))
    signed = [one for one in plan.signatures.all() if one.round == plan.approval_round] + [signature]
    if not still_says(plan) or any(one.content_hash != signature.content_hash for one in signed):
        raise RuleViolation(_("The plan is not what the others signed. Return it, so that all sign the same text."))
    record(actor=actor, verb="exit_plan.signed", subject=plan, role=signature.role)
    if {one.role for one in signed} < set(plan.signatures_needed):
        return whole(plan.pk)
    ExitSnapshot.objects.create(
        plan=plan, round=plan.approval_round, content=document, content_hash=signature.content_hash
    )
    _give_tasks(plan)
    return _go(plan, actor, playbook.APPROVED, "exit_plan.approved")


def _give_tasks(plan: ExitPlan) -> None:
    """What was promised in somebody's name becomes their next step. Whoever left meanwhile is stood in for."""
    for task in plan.tasks.all():
        if task.person is not None and task.next_step is None:
            owner = task.person if may(task.person, "next_step.write") else plan.sponsor
            due_on = timezone.localdate() + INSIGHT_WITHIN
            step = PlannedStep(text=task.text[:300], owner=owner, due_on=due_on)
            task.next_step = add_next_step(actor=plan.sponsor, account=plan.account, step=step)
            task.save(update_fields=["next_step"])


@transaction.atomic
def return_plan(*, actor: User, plan: ExitPlan, comment: str, version: int | None = None) -> ExitPlan:
    """Send the plan back to its sponsor with a comment. All signatures of this round are void."""
    return _turn_down(plan, actor, "return", comment, version, "exit_plan.returned")


@transaction.atomic
def reject(*, actor: User, plan: ExitPlan, comment: str, version: int | None = None) -> ExitPlan:
    """End the plan with a comment: the account stays."""
    return _turn_down(plan, actor, "reject", comment, version, "exit_plan.rejected")


@transaction.atomic
def withdraw(*, actor: User, plan: ExitPlan, reason: str, version: int | None = None) -> ExitPlan:
    """Author or sponsor take the plan back, with a reason."""
    plan = begin(actor=actor, plan=plan, verb="withdraw", version=version)
    if not reason.strip():
        _refuse(_("A plan is withdrawn with a reason."), {"reason": _("Give the reason.")})
    plan.end_reason = reason.strip()
    return _go(plan, actor, playbook.WITHDRAWN, "exit_plan.withdrawn", "end_reason")


# -- what they share ---------------------------------------------------------------------------------------------------


def locked(*, actor: User, plan: ExitPlan, version: int | None) -> ExitPlan:
    """The plan as it stands now, held until the transaction ends. Refuses an older version."""
    if not ExitPlan.objects.select_for_update().visible_to(actor).filter(pk=plan.pk).exists():
        raise PermissionDenied
    now = whole(plan.pk)
    if version is not None and version != now.version:
        raise StaleVersion(
            _("The plan was changed in the meantime; nothing of yours was saved. Read it again."),
            current={"version": now.version, "state": now.state},
        )
    return now


def begin(*, actor: User, plan: ExitPlan, verb: str, version: int | None = None) -> ExitPlan:
    """Lock the plan and check that its state and the person's part in it allow the verb."""
    now = locked(actor=actor, plan=plan, version=version)
    move = playbook.MOVES[verb]
    if now.state not in move.sources:
        raise RuleViolation(
            _("“%(verb)s” is not possible in the state “%(state)s”; it belongs to: %(states)s.")
            % {
                "verb": move.label,
                "state": playbook.STATES[now.state],
                "states": ", ".join(str(label) for state, label in playbook.STATES.items() if state in move.sources),
            },
            code="wrong_state",
        )
    if permissions.parts_of(now, actor).isdisjoint(move.by):
        who = {
            playbook.SPONSOR: _("the sponsor"),
            playbook.AUTHOR: _("the author"),
            playbook.OFFICE: _("an office of the coalition"),
            playbook.SIGNATORY: _("those whose signature the plan needs"),
        }
        names = ", ".join(who[part] for part in sorted(move.by))
        raise RuleViolation(
            _("“%(verb)s” is for %(people)s.") % {"verb": move.label, "people": names}, code="not_yours"
        )
    return now


def check_people(plan: ExitPlan) -> None:
    """Nobody signs twice, proposes and decides at once, or guards from inside product."""
    fields = {}
    if plan.final_approver_id == plan.author_id:
        fields["final_approver"] = _("Whoever proposes a plan cannot be its final approver.")
    elif plan.final_approver and not permissions.may_decide(plan.final_approver):
        fields["final_approver"] = _("The final approver is an executive who holds that office.")
    if plan.is_guarded and plan.guard_approver and not permissions.may_guard(plan.guard_approver):
        fields["guard_approver"] = _("The guard approver stands outside product.")
    if plan.is_refund_large and plan.refund_approver and not permissions.may_approve_refund(plan.refund_approver):
        fields["refund_approver"] = _("The second approver of a refund is an executive or from finance.")
    if plan.is_refund_large and plan.refund_approver_id == plan.author_id:
        fields["refund_approver"] = _("Whoever proposes a plan cannot be the second approver of its refund.")
    people = [person.pk for person in permissions.signatories(plan).values() if person]
    if len(people) != len(set(people)):
        field = "guard_approver" if plan.is_guarded else "refund_approver"
        fields.setdefault(field, _("Each signature comes from another person."))
    _refuse(_("Look at who signs again."), fields)


def _turn_down(plan: ExitPlan, actor: User, verb: str, comment: str, version: int | None, trail_verb: str) -> ExitPlan:
    plan = begin(actor=actor, plan=plan, verb=verb, version=version)
    if not comment.strip():
        _refuse(_("Say why, so that others can act on it."), {"comment": _("Write a comment.")})
    signature = _sign(plan, actor, verb, comment, hash_of(to_sign(plan)))
    target = playbook.MOVES[verb].target
    assert target is not None
    return _go(plan, actor, target, trail_verb, role=signature.role)


def _sign(plan: ExitPlan, actor: User, decision: str, comment: str, content_hash: str) -> ExitSignature:
    role = permissions.signature_role(plan, actor)
    if role is None or role in permissions.signed_roles(plan):
        raise RuleViolation(_("You have given your decision on this request already."), code="already_signed")
    return ExitSignature.objects.create(
        plan=plan,
        round=plan.approval_round,
        role=role,
        person=actor,
        decision=decision,
        comment=comment.strip(),
        content_hash=content_hash,
    )


def _go(plan: ExitPlan, actor: User, state: str, trail_verb: str, *changed: str, **data: Any) -> ExitPlan:
    before, now = plan.state, timezone.now()
    plan.state, plan.state_since, plan.changed_at, plan.version = state, now, now, plan.version + 1
    plan.save(update_fields=["state", "state_since", "changed_at", "version", *changed])
    record(actor=actor, verb=trail_verb, subject=plan, before=before, after=state, **data)
    return whole(plan.pk)


def _coalition_row(plan: ExitPlan, office: str) -> CoalitionRow:
    row = CoalitionRow.objects.select_related("person").filter(plan=plan, office=office).first()
    if row is None:
        known = ", ".join(playbook.COALITION_ROLES)
        sentence = _("“%(office)s” is no office of the coalition. Known are: %(known)s.")
        raise RuleViolation(sentence % {"office": office, "known": known}, fields={"office": _("Choose an office.")})
    return row


def _holder(office: str) -> User | None:
    holder: User | None = User.objects.holding(office).order_by("pk").first()
    return holder


def _refuse(sentence: str, fields: dict[str, str]) -> None:
    if fields:
        raise RuleViolation(f"{sentence} {' '.join(fields.values())}", fields=fields)


def _refuse_gaps(plan: ExitPlan, verb: str, opening: str) -> None:
    missing = missing_before(plan, verb)
    if not missing:
        return
    sentences = [sentence for of_section in missing.values() for sentence in of_section]
    told = " ".join(sentences[:3])
    rest = len(sentences) - 3
    more = "" if rest <= 0 else " " + ngettext("And %(n)s more.", "And %(n)s more.", rest) % {"n": rest}
    raise RuleViolation(
        f"{opening} {told}{more}",
        code="incomplete",
        fields={section: " ".join(of_section) for section, of_section in missing.items()},
    )
