"""Exit plan: the reasoned, agreed and fair way to part with one account. What a plan says, by section.

Who moves it and when is in `segmentation.playbook` and the services; who agreed is in `exit_agreement`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from pmcrm.lists.text import sought
from pmcrm.people.models import Pool
from pmcrm.people.permissions import may
from segmentation import fair_offer, playbook, trade_off
from segmentation.models.flag import Flag
from segmentation.models.run import ProfitRun

if TYPE_CHECKING:
    import datetime as dt

    from pmcrm.people.models import User


_WITH_ACCOUNTS: Final = (
    "SELECT p.id FROM segmentation_exitplan AS p JOIN accounts_account AS a ON a.id = p.account_id WHERE"
)


class ExitPlanQuerySet(models.QuerySet["ExitPlan"]):
    def visible_to(self, user: User) -> Self:
        """Those named in a plan see it: author and sponsor always, offices once the coalition opens, signatories once
        approval was requested. Approved plans are open to product leads and executives. Administrators see none."""
        if not may(user, "exit_plan.read"):
            return self.none()
        seen = (
            models.Q(author=user)
            | models.Q(sponsor=user)
            | models.Q(
                pk__in=ExitPlan.objects.filter(coalition__person=user).values("pk"),
            )
            | models.Q(approval_round__gt=0)
            & (
                models.Q(final_approver=user)
                | models.Q(guard_approver=user, is_guarded=True)
                | models.Q(refund_approver=user, is_refund_large=True)
            )
        )
        if may(user, "exit_plan.read_approved"):
            seen |= models.Q(state__in=playbook.AGREED)
        return self.filter(seen)

    def in_full(self) -> Self:
        """With everything that a plan says, in a constant number of queries."""
        from segmentation.models.exit_agreement import CoalitionRow, ExitSignature
        from segmentation.models.exit_offer import ExitTask

        people = ("author", "sponsor", "final_approver", "guard_approver", "refund_approver", "chosen_by")
        return self.select_related("account", *people, "run", "snapshot").prefetch_related(
            "remedies",
            "pools",
            models.Prefetch("displaced", DisplacedItem.objects.select_related("account")),
            "offers",
            models.Prefetch("tasks", ExitTask.objects.select_related("person", "next_step")),
            models.Prefetch("coalition", CoalitionRow.objects.select_related("person", "signed_by")),
            models.Prefetch("signatures", ExitSignature.objects.select_related("person")),
        )

    def for_lists(self) -> Self:
        """With what a row shows and what its actions depend on: gaps too, so nearly everything."""
        return self.in_full()

    def matching(self, text: str) -> Self:
        return self.filter(account__in=Account.objects.matching(text))

    def keys_matching(self, text: str) -> list[int]:
        """Keys of plans whose account answers the text by name, reference or phone; of very many, only so many."""
        asked = sought(text, "a.sort_name")
        conditions = [asked.words["holds"], "upper(a.ref) LIKE upper(%(starts)s)"]
        conditions += ["a.phone LIKE %(digits)s"] if asked.digits else []
        with connection.cursor() as cursor:
            cursor.execute(
                f"{_WITH_ACCOUNTS} ({' OR '.join(conditions)}) LIMIT %(most)s", asked.values | {"most": 1000}
            )
            return [key for (key,) in cursor.fetchall()]

    def ended(self) -> Self:
        return self.filter(state__in=playbook.ENDED)

    def waiting_for(self, user: User) -> Self:
        """Plans that wait for this person: a signature, a position, a sponsor's word or revision."""
        from segmentation.models.exit_agreement import CoalitionRow, ExitSignature
        from segmentation.models.exit_offer import ExitOffer

        decided = ExitSignature.objects.filter(
            plan=models.OuterRef("pk"), round=models.OuterRef("approval_round"), person=user
        )
        asked = CoalitionRow.objects.filter(plan=models.OuterRef("pk"), person=user)
        unheard = asked.filter(position="", waiver_reason="", talked_on=None)
        has_refund = ExitOffer.objects.filter(plan=models.OuterRef("pk"), slug="refund")
        signs = (
            models.Q(sponsor=user)
            | models.Q(final_approver=user)
            | models.Q(guard_approver=user, is_guarded=True)
            | models.Q(refund_approver=user, is_refund_large=True)
            | models.Exists(asked.filter(office=playbook.CFO)) & models.Exists(has_refund)
        )
        return self.filter(
            models.Q(state=playbook.APPROVAL) & signs & ~models.Exists(decided)
            | models.Q(state__in=[playbook.COALITION, playbook.RETURNED]) & models.Exists(unheard)
            | models.Q(state=playbook.PRIVATE_DRAFT, sponsor=user) & ~models.Q(author=user)
            | models.Q(state=playbook.RETURNED, sponsor=user)
        )

    def waiting_for_somebody(self) -> Self:
        """In a state in which a person is asked for something: sponsorship, a position, a revision, a signature."""
        return self.filter(state__in=[playbook.PRIVATE_DRAFT, playbook.COALITION, playbook.RETURNED, playbook.APPROVAL])

    def naming(self, person: User) -> Self:
        """Plans in which the person has a part, whether or not they may see it yet."""
        parts = ("author", "sponsor", "final_approver", "guard_approver", "refund_approver")
        named = models.Q(pk__in=ExitPlan.objects.filter(coalition__person=person).values("pk"))
        for part in parts:
            named |= models.Q(**{part: person})
        return self.filter(named)

    def outlived(self, *, drafts_before: dt.datetime, ended_before: dt.datetime) -> Self:
        """Drafts that only two people know, untouched since one day, and plans turned down or taken back by another."""
        return self.filter(
            models.Q(state__in=playbook.KEPT_AS_DRAFT, changed_at__lt=drafts_before)
            | models.Q(state__in=playbook.KEPT_AS_ENDED, state_since__lt=ended_before)
        )

    def not_ended(self) -> Self:
        return self.exclude(state__in=playbook.ENDED)

    def under_way(self) -> Self:
        """Plans that the offices know of and that have not ended."""
        return self.filter(state__in=playbook.UNDER_WAY)

    def awaiting_signature(self) -> Self:
        return self.filter(state=playbook.APPROVAL)

    def newest_first(self) -> Self:
        return self.order_by("-changed_at", "-id")


class ExitPlan(models.Model):
    """One plan for one account. Every change of its text raises `version`; every request for approval the round.

    `evidence` holds the figures as they stood when the plan was proposed, decimals as strings. `requested_document` is
    what the signatures of this round are given to, in the form that it had when they were asked for.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    state = models.CharField(
        _("state"), max_length=20, choices=list(playbook.STATES.items()), default=playbook.PRIVATE_DRAFT
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    sponsor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sponsor"))
    final_approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("final approver"),
    )
    guard_approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("guard approver"),
        help_text=_("From outside product; asked for where a guard protects the account."),
    )
    refund_approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("second approver of the refund"),
        help_text=_("Beside the CFO; asked for where a refund lies above the organisation's limit."),
    )
    run = models.ForeignKey(ProfitRun, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("run"))
    flag = models.ForeignKey(Flag, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("flag"))
    evidence = models.JSONField(_("figures"), default=dict, encoder=DjangoJSONEncoder)
    is_guarded = models.BooleanField(_("guarded"), default=False)
    is_refund_large = models.BooleanField(_("refund above the limit"), default=False)
    reason = models.TextField(
        _("why part"),
        blank=True,
        help_text=_("Decisions and conditions that led here. Name no colleague and blame nobody."),
    )
    end_reason = models.TextField(_("why it was withdrawn"), blank=True)
    statement = models.TextField(_("what the sponsor tells the others"), blank=True)
    talked_in_private_on = models.DateField(_("talked in private on"), null=True, blank=True)

    initiative = models.TextField(_("the work it asks for"), blank=True)
    option_a = models.TextField(_("option A: go all in for this account"), blank=True)
    option_b = models.TextField(_("option B: keep the plan for the others"), blank=True)
    failure_chance = models.CharField(
        _("chance that A fails"), max_length=6, choices=list(trade_off.CHANCES.items()), blank=True
    )
    failure_reason = models.TextField(_("reason for that chance"), blank=True)
    embarrassment = models.TextField(_("who would be embarrassed, and before whom"), blank=True)
    none_reasons = models.JSONField(_("reasons for naming nobody"), default=dict)
    department_lines = models.JSONField(_("either/or by office"), default=dict)
    choice = models.CharField(_("choice"), max_length=1, choices=list(trade_off.CHOICES.items()), blank=True)
    chosen_on = models.DateField(_("chosen on"), null=True, blank=True)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("chosen by")
    )

    path = models.CharField(_("path"), max_length=30, choices=list(fair_offer.PATHS.items()))
    no_help_reason = models.TextField(_("why nothing helpful can be offered"), blank=True)

    approval_round = models.PositiveSmallIntegerField(_("requests for approval"), default=0)
    requested_at = models.DateTimeField(_("approval requested"), null=True, blank=True)
    requested_document = models.JSONField(
        _("what is to be signed"), null=True, encoder=DjangoJSONEncoder, editable=False
    )
    created_at = models.DateTimeField(_("proposed"), default=timezone.now)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = ExitPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=list(playbook.STATES)), name="exit_plan_state"),
            models.CheckConstraint(condition=models.Q(path__in=list(fair_offer.PATHS)), name="exit_plan_path"),
            models.CheckConstraint(
                condition=models.Q(choice__in=["", *trade_off.CHOICES]), name="exit_plan_one_choice"
            ),
            models.CheckConstraint(
                condition=models.Q(failure_chance__in=["", *trade_off.CHANCES]), name="exit_plan_failure_chance"
            ),
            models.CheckConstraint(
                condition=models.Q(final_approver=None) | ~models.Q(final_approver=models.F("author")),
                name="exit_plan_author_does_not_approve",
                violation_error_message=_("Whoever proposes a plan cannot be its final approver."),
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(state__in=sorted(playbook.UNDER_WAY)),
                name="exit_plan_one_under_way",
            ),
        ]
        indexes = [
            models.Index(fields=["account"], name="exit_plan_by_account"),
            models.Index(fields=["author", "-changed_at"], name="exit_plan_by_author"),
            models.Index(fields=["sponsor", "-changed_at"], name="exit_plan_by_sponsor"),
            models.Index(fields=["state", "-changed_at", "-id"], name="exit_plan_by_state"),
        ]

    def __str__(self) -> str:
        # Said in the trail and the view log, which others read as well: it must not name the account.
        return f"Exit plan {self.pk}"

    @property
    def is_changeable(self) -> bool:
        return self.state in playbook.CHANGEABLE

    @property
    def has_refund(self) -> bool:
        return any(offer.slug == "refund" for offer in self.offers.all())

    @property
    def signatures_needed(self) -> tuple[str, ...]:
        has_refund = self.has_refund
        return playbook.signatures_needed(
            has_refund=has_refund,
            is_refund_large=has_refund and self.is_refund_large,
            is_guarded=self.is_guarded,
        )

    def sheet(self) -> trade_off.Sheet:
        """The trade-off sheet as the rules read it."""
        displaced: dict[str, list[str]] = {group: [] for group in trade_off.GROUPS}
        for item in self.displaced.all():
            displaced[item.group].append(item.text)
        return trade_off.Sheet(
            initiative=self.initiative,
            option_a=self.option_a,
            option_b=self.option_b,
            failure_chance=self.failure_chance,
            failure_reason=self.failure_reason,
            embarrassment=self.embarrassment,
            choice=self.choice,
            pools=[line.as_line() for line in self.pools.all()],
            displaced=displaced,
            none_reasons=self.none_reasons,
            department_lines=self.department_lines,
        )

    @property
    def if_then(self) -> str:
        return str(trade_off.if_then(self.sheet(), account=self.account.name))


class ExitRemedy(models.Model):
    """A way to keep the account: tried, or refused with a reason."""

    plan = models.ForeignKey(ExitPlan, models.CASCADE, related_name="remedies")
    slug = models.CharField(
        _("remedy"), max_length=20, choices=[(s, words[0]) for s, words in playbook.REMEDIES.items()]
    )
    is_tried = models.BooleanField(_("tried"))
    reason = models.TextField(_("what came of it, or why not"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "slug"], name="exit_remedy_once"),
            models.CheckConstraint(condition=models.Q(slug__in=list(playbook.REMEDIES)), name="exit_remedy_slug"),
            models.CheckConstraint(condition=~models.Q(reason__regex=r"^\s*$"), name="exit_remedy_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.slug}"


class TradeOffPool(models.Model):
    """One pool on the trade-off sheet, hours a quarter. Idle hours and use are those of the last closed quarter."""

    plan = models.ForeignKey(ExitPlan, models.CASCADE, related_name="pools")
    pool = models.CharField(_("pool"), max_length=20, choices=Pool)
    needed = models.DecimalField(_("option A takes"), max_digits=10, decimal_places=2, default=Decimal(0))
    displaced = models.DecimalField(_("taken from others"), max_digits=10, decimal_places=2, default=Decimal(0))
    used = models.DecimalField(_("used"), max_digits=9, decimal_places=6, null=True)
    idle = models.DecimalField(_("idle"), max_digits=10, decimal_places=2, default=Decimal(0))
    extra = models.DecimalField(_("extra capacity assumed"), max_digits=10, decimal_places=2, default=Decimal(0))
    hiring = models.CharField(_("approved hiring"), max_length=200, blank=True)
    hiring_starts_on = models.DateField(_("starts on"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "pool"], name="trade_off_pool_once"),
            models.CheckConstraint(condition=models.Q(pool__in=Pool.values), name="trade_off_pool_is_known"),
            models.CheckConstraint(
                condition=models.Q(needed__gte=0, displaced__gte=0, idle__gte=0, extra__gte=0),
                name="trade_off_hours_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.pool}"

    def as_line(self) -> trade_off.PoolLine:
        return trade_off.PoolLine(
            pool=self.pool,
            label=Pool(self.pool).label,
            needed=self.needed,
            displaced=self.displaced,
            idle=self.idle,
            extra=self.extra,
            hiring=self.hiring,
            hiring_starts_on=self.hiring_starts_on,
        )

    @property
    def short_by(self) -> Decimal:
        return self.as_line().short_by


class DisplacedItem(models.Model):
    """Somebody or something that would wait under option A."""

    plan = models.ForeignKey(ExitPlan, models.CASCADE, related_name="displaced")
    group = models.CharField(_("group"), max_length=20, choices=list(trade_off.GROUPS.items()))
    text = models.CharField(_("who or what"), max_length=300)
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(group__in=list(trade_off.GROUPS)), name="displaced_group"),
        ]

    def __str__(self) -> str:
        return self.text
