"""The sections of an exit plan, each saved on its own. A change after a request for approval voids the signatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.people.models import Pool
from pmcrm.trail.services import record
from segmentation import permissions, playbook, trade_off
from segmentation.models import DisplacedItem, ExitPlan, ExitRemedy, TradeOffPool
from segmentation.services import exit_plan_evidence as evidence
from segmentation.services.exit_plan import check_people, locked
from segmentation.services.exit_plan_record import whole

if TYPE_CHECKING:
    from pmcrm.people.models import User

SHEET_TEXTS = ("initiative", "option_a", "option_b", "failure_reason", "embarrassment")


@transaction.atomic
def edit_why(*, actor: User, plan: ExitPlan, reason: str, version: int | None = None) -> ExitPlan:
    """Why part with the account: decisions and conditions, no names."""
    plan = open_plan(actor, plan, version)
    if not reason.strip():
        raise RuleViolation(_("Write the reason."), fields={"reason": _("Write the reason.")})
    plan.reason = reason.strip()
    return save_section(plan, actor, "why", "reason")


@transaction.atomic
def edit_remedies(
    *, actor: User, plan: ExitPlan, remedies: Mapping[str, tuple[bool, str]], version: int | None = None
) -> ExitPlan:
    """Remedies as {slug: (tried, what came of it or why not)}. A remedy without words is refused."""
    plan = open_plan(actor, plan, version)
    fields = {}
    for slug, (_tried, reason) in remedies.items():
        if slug not in playbook.REMEDIES:
            fields[slug] = _("Known remedies are: %(known)s.") % {"known": ", ".join(playbook.REMEDIES)}
        elif not reason.strip():
            fields[slug] = _("%(remedy)s: say what came of it, or why it was not tried.") % {
                "remedy": playbook.REMEDIES[slug][0]
            }
    refuse(_("A remedy cannot be passed over without a reason."), fields)
    for slug, (tried, reason) in remedies.items():
        ExitRemedy.objects.update_or_create(
            plan=plan, slug=slug, defaults={"is_tried": tried, "reason": reason.strip()}
        )
    return save_section(plan, actor, "remedies")


@transaction.atomic
def edit_trade_off(
    *,
    actor: User,
    plan: ExitPlan,
    version: int | None = None,
    choice: str | None = None,
    failure_chance: str | None = None,
    pools: Mapping[str, Mapping[str, Any]] | None = None,
    displaced: Mapping[str, Sequence[str]] | None = None,
    none_reasons: Mapping[str, str] | None = None,
    department_lines: Mapping[str, str] | None = None,
    **texts: str,
) -> ExitPlan:
    """The either/or sheet. It may be saved unfinished, but never with both options or with hours nobody backs.

    What is None or not named stays as it is. `pools` is {pool: {needed, displaced, extra, hiring, hiring_starts_on}}
    in hours a quarter. An office without a line gets the playbook's.
    """
    plan = open_plan(actor, plan, version)
    choice = plan.choice if choice is None else choice
    failure_chance = plan.failure_chance if failure_chance is None else failure_chance
    refuse(_("The sheet was not saved."), _sheet_faults(choice, failure_chance, pools or {}, displaced or {}))
    for name in SHEET_TEXTS:
        setattr(plan, name, str(texts.get(name, getattr(plan, name))).strip())
    plan.failure_chance = failure_chance
    if choice != plan.choice:
        plan.choice, plan.chosen_by = choice, actor if choice else None
        plan.chosen_on = timezone.localdate() if choice else None
    reasons = plan.none_reasons | dict(none_reasons or {})
    plan.none_reasons = {group: str(reasons.get(group, "")).strip() for group in trade_off.GROUPS}
    lines = plan.department_lines | dict(department_lines or {})
    plan.department_lines = {
        office: str(lines.get(office, role.either_or)).strip() for office, role in playbook.COALITION_ROLES.items()
    }
    if pools is not None:
        _save_pools(plan, pools)
    if displaced is not None:
        _save_displaced(plan, actor, displaced)
    changed = [*SHEET_TEXTS, "failure_chance", "choice", "chosen_by", "chosen_on", "none_reasons", "department_lines"]
    return save_section(plan, actor, "trade-off", *changed)


def _sheet_faults(
    choice: str, chance: str, pools: Mapping[str, Mapping[str, Any]], displaced: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    fields = {}
    if choice and choice not in trade_off.CHOICES:
        fields["choice"] = _("Choose A or B. Both at once does not exist.")
    if chance and chance not in trade_off.CHANCES:
        fields["failure_chance"] = _("Choose one of: %(known)s.") % {"known": ", ".join(trade_off.CHANCES)}
    for group in displaced:
        if group not in trade_off.GROUPS:
            fields[group] = _("Known groups are: %(known)s.") % {"known": ", ".join(trade_off.GROUPS)}
    for pool, values in pools.items():
        if pool not in Pool.values:
            fields[pool] = _("Known pools are: %(known)s.") % {"known": ", ".join(Pool.values)}
        elif any(Decimal(values.get(name) or 0) < 0 for name in ("needed", "displaced", "extra")):
            fields[pool] = _("%(pool)s: hours are not below zero.") % {"pool": Pool(pool).label}
        elif Decimal(values.get("extra") or 0) and not (values.get("hiring") and values.get("hiring_starts_on")):
            fields[pool] = _(
                "%(pool)s: extra capacity must be zero, or name the approved hiring and the day it starts."
            ) % {"pool": Pool(pool).label}
    return fields


def _save_pools(plan: ExitPlan, pools: Mapping[str, Mapping[str, Any]]) -> None:
    capacity = evidence.pool_capacity()
    for pool, values in pools.items():
        figures = {name: Decimal(values.get(name) or 0) for name in ("needed", "displaced", "extra")}
        if not any(figures.values()) and pool not in capacity:
            plan.pools.filter(pool=pool).delete()
            continue
        logged, practical = capacity.get(pool, (Decimal(0), Decimal(0)))
        TradeOffPool.objects.update_or_create(
            plan=plan,
            pool=pool,
            defaults=figures
            | {
                "used": trade_off.utilisation(logged=logged, practical=practical),
                "idle": trade_off.idle_hours(logged=logged, practical=practical),
                "hiring": str(values.get("hiring") or "").strip(),
                "hiring_starts_on": values.get("hiring_starts_on") or None,
            },
        )


def _save_displaced(plan: ExitPlan, actor: User, displaced: Mapping[str, Sequence[str]]) -> None:
    wanted = [(group, text.strip()) for group, texts in displaced.items() for text in texts if text.strip()]
    names = {text for group, text in wanted if group != "most_wanted"}
    known = {one.name: one for one in Account.objects.visible_to(actor).filter(name__in=names)}
    plan.displaced.all().delete()
    DisplacedItem.objects.bulk_create(
        DisplacedItem(plan=plan, group=group, text=text, account=known.get(text) if group != "most_wanted" else None)
        for group, text in wanted
    )


@transaction.atomic
def name_people(
    *,
    actor: User,
    plan: ExitPlan,
    final_approver: User | None = None,
    guard_approver: User | None = None,
    refund_approver: User | None = None,
    version: int | None = None,
) -> ExitPlan:
    """Who decides at the end, who outside product looks at a guarded account, who looks twice at a large refund."""
    plan = open_plan(actor, plan, version)
    plan.final_approver, plan.guard_approver, plan.refund_approver = final_approver, guard_approver, refund_approver
    check_people(plan)
    return save_section(plan, actor, "people", "final_approver", "guard_approver", "refund_approver")


def open_plan(actor: User, plan: ExitPlan, version: int | None) -> ExitPlan:
    """The plan as it stands now, locked, for somebody who may write it."""
    now = locked(actor=actor, plan=plan, version=version)
    if not now.is_changeable:
        raise RuleViolation(
            _("A plan in the state “%(state)s” is not changed any more.") % {"state": playbook.STATES[now.state]},
            code="wrong_state",
        )
    if not permissions.may_edit(now, actor):
        raise RuleViolation(_("Author and sponsor write the plan; others say what they think of it."), code="not_yours")
    return now


def save_section(plan: ExitPlan, actor: User, section: str, *changed: str) -> ExitPlan:
    """Save a section. Where approval was requested, its signatures are void: they were given to other words."""
    now = timezone.now()
    plan.version, plan.changed_at = plan.version + 1, now
    fields: Iterable[str] = ("version", "changed_at", *changed)
    record(actor=actor, verb="exit_plan.edited", subject=plan, section=section)
    if plan.state == playbook.APPROVAL:
        # What was signed is not what the plan says now: the signatures of this round no longer count.
        plan.state, plan.state_since = playbook.RETURNED, now
        fields = (*fields, "state", "state_since")
        record(
            actor=actor,
            verb="exit_plan.returned",
            subject=plan,
            before=playbook.APPROVAL,
            after=playbook.RETURNED,
            because="changed",
        )
    plan.save(update_fields=list(fields))
    return whole(plan.pk)


def refuse(sentence: str, fields: Mapping[str, str]) -> None:
    """Refuse where any field has a fault."""
    if fields:
        raise RuleViolation(f"{sentence} {' '.join(fields.values())}", fields=fields)
