"""Proposing an exit: a private draft with the figures of the last run frozen into it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from segmentation import fair_offer, permissions, playbook, trade_off
from segmentation.models import ExitPlan, ExitTask, Flag, TradeOffPool
from segmentation.services import exit_plan_evidence as evidence

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import Account


@transaction.atomic
def propose(
    *, actor: User, account: Account, reason: str = "", sponsor: User | None = None, flag: Flag | None = None
) -> ExitPlan:
    """Open a private draft, with the figures of the last run and flag frozen into it. Seen by author and sponsor."""
    if not may(actor, "exit_plan.propose"):
        raise PermissionDenied
    if account.kind != "external" or account.party != "customer":
        raise RuleViolation(_("An exit plan is for an external customer or prospect; this account is neither."))
    if ExitPlan.objects.visible_to(actor).not_ended().filter(account=account).exists():
        raise RuleViolation(_("There is an exit plan for this account already."), code="exists")
    sponsor = sponsor or (actor if permissions.may_sponsor(actor) else None)
    if sponsor is None or not permissions.may_sponsor(sponsor):
        sentence = _("Choose a product lead as sponsor.")
        raise RuleViolation(sentence, fields={"sponsor": sentence})
    run = flag.run if flag else evidence.latest_run()
    flag = flag or evidence.flag_in_run(account, run, actor)
    figures = evidence.gather(account=account, run=run, flag=flag)
    approvers = User.objects.holding(playbook.FINAL_APPROVER).exclude(pk__in=[actor.pk, sponsor.pk]).order_by("pk")
    plan = ExitPlan.objects.create(
        account=account,
        author=actor,
        sponsor=sponsor,
        final_approver=next((person for person in approvers if permissions.may_decide(person)), None),
        run=run,
        flag=flag,
        evidence=figures,
        is_guarded=bool(figures["guards"]),
        reason=reason.strip(),
        path=evidence.path_for(account),
    )
    _prepare_pools(plan)
    sync_tasks(plan)
    record(actor=actor, verb="exit_plan.proposed", subject=plan, from_flag=flag is not None)
    return plan


def _prepare_pools(plan: ExitPlan) -> None:
    """Start the sheet with the hours that the account takes in a quarter now, and with what stands idle."""
    run = plan.evidence["run"] or {}
    months = 1 if plan.run is None else _months(plan.run.from_month, plan.run.to_month)
    for pool, (logged, practical) in evidence.pool_capacity().items():
        taken = trade_off.per_quarter(run.get("hours_by_pool", {}).get(pool, "0"), months=months)
        TradeOffPool.objects.create(
            plan=plan,
            pool=pool,
            needed=taken,
            used=trade_off.utilisation(logged=logged, practical=practical),
            idle=trade_off.idle_hours(logged=logged, practical=practical),
        )


def _months(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1


def sync_tasks(plan: ExitPlan) -> None:
    """The tasks that the plan's path and offers ask for exist, others do not."""
    wanted = fair_offer.tasks_for(plan.path)
    plan.tasks.exclude(department__in=[*wanted, fair_offer.ENGINEERING]).filter(done_on=None).delete()
    for department in wanted:
        text = str(fair_offer.TASKS[department])
        ExitTask.objects.get_or_create(plan=plan, department=department, defaults={"text": text})
    insight = plan.offers.filter(slug="architecture-insight").first()
    if insight is None:
        plan.tasks.filter(department=fair_offer.ENGINEERING).delete()
        return
    told = insight.details
    text = _("Share what we learned about their architecture (%(format)s), at most %(hours)s h.") % {
        "format": told["format"],
        "hours": told["time_limit_hours"],
    }
    found = {"text": text, "person_id": int(told["engineer"]), "hours": Decimal(told["time_limit_hours"])}
    ExitTask.objects.update_or_create(plan=plan, department=fair_offer.ENGINEERING, defaults=found)
