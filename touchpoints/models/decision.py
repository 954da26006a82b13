"""Product decisions, and what customers said, were promised or brought in that stands behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product, Promise
from accounts.permissions import sees_all_figures
from pmcrm.people.permissions import may
from touchpoints.models.attendance import Attendance
from touchpoints.models.interaction import Interaction, InteractionStatus, its_talk_is_seen_by
from touchpoints.models.voice import VoiceRules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pmcrm.people.models import User

MOST_EVIDENCE: Final = 200


class CitedFigure(models.TextChoices):
    """Figures of an account that a decision may lean on; names of columns of the published figures."""

    REVENUE = "revenue_12m", _("Revenue, 12 months")
    CONTRIBUTION = "contribution_12m", _("Contribution, 12 months")
    RANK = "contribution_rank", _("Rank by contribution")


class ProductDecisionQuerySet(models.QuerySet["ProductDecision"]):
    def visible_to(self, user: User) -> Self:
        """What was decided is known to all who may read decisions; whose word stands behind it is not."""
        return self.all() if may(user, "product_decision.read") else self.none()

    def with_support(self) -> Self:
        """With `is_supported`: whether any evidence stands behind it, seen by the reader or not."""
        standing = Evidence.objects.standing().filter(decision=models.OuterRef("pk"))
        return self.annotate(is_supported=models.Exists(standing))

    def supported(self, *, by_evidence: bool) -> Self:
        return self.with_support().filter(is_supported=by_evidence)

    def leaning_on(self, account: Account, user: User) -> Self:
        """Decisions behind which evidence of this account stands that the person sees."""
        told = Evidence.objects.visible_to(user).standing().of(account)
        return self.filter(pk__in=told.values("decision"))

    def matching(self, text: str) -> Self:
        words = models.Q(title__icontains=text) | models.Q(decided__icontains=text)
        return self.filter(words | models.Q(alternatives__icontains=text))

    def with_names(self) -> Self:
        return self.select_related("product", "author").prefetch_related("deciders")


class ProductDecision(models.Model):
    """A choice made for the product or the business. Without customer evidence it counts as unsupported."""

    title = models.CharField(_("title"), max_length=200)
    decided = models.TextField(_("what was decided"))
    alternatives = models.TextField(_("what else was possible"), blank=True)
    decided_on = models.DateField(_("decided on"))
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    deciders = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="product_decisions", blank=True, verbose_name=_("who decided")
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    is_supported: bool  # set by `with_support`

    objects = ProductDecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(title__regex=r"\S"), name="product_decision_has_a_title"),
            models.CheckConstraint(condition=models.Q(decided__regex=r"\S"), name="product_decision_says_what"),
        ]
        indexes = [models.Index(fields=["-decided_on", "-id"], name="product_decision_newest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("product_decision_detail", args=[self.pk])


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User) -> Self:
        """Evidence whose talk, promise, file or figures the person sees."""
        files: Any = Evidence._meta.get_field("file").related_model
        seen = Account.objects.visible_to(user)
        if not sees_all_figures(user):
            seen = seen.owned_by(user) if may(user, "contribution.read") else seen.none()
        return self.filter(
            its_talk_is_seen_by(user)
            | models.Q(promise__in=Promise.objects.visible_to(user))
            | models.Q(file__in=files.objects.visible_to(user))
            | models.Q(account__in=seen)
        )

    def standing(self) -> Self:
        """Without talks that were cancelled or deleted and files that were removed."""
        rows = self.exclude(interaction__status=InteractionStatus.CANCELLED)
        return rows.exclude(interaction__deleted_at__isnull=False).exclude(file__removed_at__isnull=False)

    def of(self, account: Account) -> Self:
        told = Attendance.objects.of(account).counted(second_hand=VoiceRules.current().counts_second_hand)
        return self.filter(
            models.Q(account=account)
            | models.Q(promise__account=account)
            | models.Q(file__account=account)
            | models.Q(interaction__in=told.values("interaction"))
            | models.Q(file__interaction__in=told.values("interaction"))
        )

    def with_names(self) -> Self:
        present = models.Prefetch("interaction__attendances", Attendance.objects.with_account())
        rows = self.select_related("interaction", "promise__account", "account", "file__account", "added_by")
        return rows.prefetch_related(present, "interaction__contacts").order_by("id")


class Evidence(models.Model):
    """One thing that a decision leans on: a talk, a promise, a file, or a figure of an account as it was then."""

    decision = models.ForeignKey(ProductDecision, models.CASCADE, related_name="evidence")
    interaction = models.ForeignKey(Interaction, models.CASCADE, null=True, related_name="evidence")
    promise = models.ForeignKey(Promise, models.CASCADE, null=True, related_name="+")
    file = models.ForeignKey("files.Attachment", models.CASCADE, null=True, related_name="+")
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+")
    figure = models.CharField(max_length=20, choices=CitedFigure, blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    figures_at = models.DateTimeField(null=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(interaction__isnull=False, promise=None, file=None, account=None, figure="")
                | models.Q(interaction=None, promise__isnull=False, file=None, account=None, figure="")
                | models.Q(interaction=None, promise=None, file__isnull=False, account=None, figure="")
                | models.Q(interaction=None, promise=None, file=None, account__isnull=False, value__isnull=False)
                & ~models.Q(figure=""),
                name="evidence_is_one_thing",
            ),
            *(
                models.UniqueConstraint(
                    fields=["decision", name], condition=models.Q(**{f"{name}__isnull": False}), name=f"evidence_{name}"
                )
                for name in ("interaction", "promise", "file")
            ),
            models.UniqueConstraint(
                fields=["decision", "account", "figure"],
                condition=models.Q(account__isnull=False),
                name="evidence_figure",
            ),
        ]

    def __str__(self) -> str:
        """What trails may print: which kind of thing, not whose."""
        return self.kind

    @property
    def kind(self) -> str:
        return next((name for name in ("interaction", "promise", "file") if getattr(self, f"{name}_id")), "figure")

    @property
    def is_money(self) -> bool:
        return self.figure != CitedFigure.RANK


def accounts_behind(user: User, decisions: Iterable[ProductDecision]) -> dict[int, list[Account]]:
    """Of each decision, the distinct accounts behind it: of evidence that the person sees, accounts that he sees.

    By name. A constant number of queries, however many decisions.
    """
    keys = [decision.pk for decision in decisions]
    rows = list(
        Evidence.objects.visible_to(user)
        .standing()
        .filter(decision__in=keys)
        .values_list("decision", "account", "promise__account", "file__account", "interaction", "file__interaction")
    )
    talks = {talk for row in rows for talk in row[4:] if talk is not None}
    told = Attendance.objects.counted(second_hand=VoiceRules.current().counts_second_hand).filter(interaction__in=talks)
    present: dict[int, list[int]] = {}
    for talk, account in told.values_list("interaction", "account"):
        present.setdefault(talk, []).append(account)
    behind: dict[int, set[int]] = {key: set() for key in keys}
    for decision, *accounts, talk, talk_of_file in rows:
        behind[decision].update(account for account in accounts if account is not None)
        for one in (talk, talk_of_file):
            behind[decision].update(present.get(one, ()))
    every = {account for accounts in behind.values() for account in accounts}
    seen = list(Account.objects.visible_to(user).filter(pk__in=every).order_by("sort_name", "id"))
    return {key: [account for account in seen if account.pk in accounts] for key, accounts in behind.items()}
