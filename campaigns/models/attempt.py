"""Attempt: one dial of a target, and what it left: answers, what was learned of use, how the caller saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product
from campaigns.models.question import Block, Question
from campaigns.models.target import Target
from pmcrm.people.permissions import may
from touchpoints.models import Interaction, Outcome, UsageFinding

if TYPE_CHECKING:
    from pmcrm.people.models import User


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(target__in=Target.objects.visible_to(user))

    def standing(self) -> Self:
        """Without those taken back, and without talks that were cancelled or deleted since."""
        return self.filter(undone_at=None, interaction__deleted_at=None).exclude(interaction__status="cancelled")

    def talks(self) -> Self:
        return self.standing().filter(outcome=Outcome.CONVERSATION)

    def by(self, user: User) -> Self:
        return self.filter(caller=user)

    def with_names(self) -> Self:
        return self.select_related("target__contact", "target__account", "caller", "interaction")


class Attempt(models.Model):
    """One dial. It is always an interaction, too: when, how long, which outcome and the notes stand there."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="tries")
    interaction = models.OneToOneField(Interaction, models.CASCADE, related_name="attempt")
    caller = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("which try"))
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    at = models.DateTimeField(_("when"))
    reason = models.CharField(_("why they declined"), max_length=200, blank=True)
    blocks = ArrayField(
        models.CharField(max_length=12), verbose_name=_("order of the blocks"), default=list, blank=True
    )
    has_nothing_new = models.BooleanField(_("nothing new"), default=False)
    pains_unlocked_by = models.CharField(_("why pains without a statement"), max_length=300, blank=True)
    before = models.JSONField(default=dict)  # what the target was before, for taking it back
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="attempt_outcome")]
        indexes = [
            models.Index(fields=["target", "-at"], name="attempt_of_target"),
            models.Index(fields=["caller", "-at"], name="attempt_of_caller"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.at:%Y-%m-%d}"


class CallAnswerQuerySet(models.QuerySet["Answer"]):
    def in_order(self) -> Self:
        """As the guide asks them."""
        rank = models.Case(
            *(models.When(question__block=block, then=at) for at, block in enumerate(Block.values)), default=9
        )
        return self.select_related("question").order_by(rank, "question__position", "question__slug", "pk")


class Answer(models.Model):
    """What was answered to a question, in the wording that the question then had."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    text = models.TextField(_("answer"), max_length=4000)

    objects = CallAnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "question"], name="answer_once")]

    def __str__(self) -> str:
        return self.text[:80]


class SelfCheckQuerySet(models.QuerySet["SelfCheck"]):
    def visible_to(self, user: User) -> Self:
        """One's own and nobody else's."""
        return self.filter(attempt__caller=user)


class SelfCheck(models.Model):
    """How the caller saw the own part in a conversation. Nobody else reads it."""

    attempt = models.OneToOneField(Attempt, models.CASCADE, related_name="self_check")
    did_not_solve = models.BooleanField(_("I did not try to solve anything"), null=True)
    did_not_defend = models.BooleanField(_("I did not defend the product"), null=True)
    talk_share = models.PositiveSmallIntegerField(_("percent of the time that I spoke"), null=True)

    objects = SelfCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(talk_share=None) | models.Q(talk_share__lte=100), name="talk_share"
            )
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}"


class SignKind(models.TextChoices):
    JUDGE_CLASS = "judge_class", _("Used differently: judge whether class 3 or 4 fits")
    NOT_USED = "not_used", _("Not in use: look after them")


class UsageSignQuerySet(models.QuerySet["UsageSign"]):
    def visible_to(self, user: User) -> Self:
        if not may(user, "campaign.read"):
            return self.none()
        return self.filter(account__in=Account.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(settled_at=None)

    def of(self, account: Account) -> Self:
        """With the product and those who look after the account, the oldest first."""
        owners = ("account__product_manager", "account__relationship_owner")
        return self.filter(account=account).select_related("product", *owners).order_by("pk")


class UsageSign(models.Model):
    """A finding in a call asks somebody to look: once for an account and a product. It never sets a class itself."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="usage_signs", verbose_name=_("account"))
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))
    kind = models.CharField(max_length=12, choices=SignKind)
    finding = models.ForeignKey(UsageFinding, models.SET_NULL, null=True, related_name="+")
    raised_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = UsageSignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "product", "kind"], name="usage_sign_once"),
            models.CheckConstraint(condition=models.Q(kind__in=SignKind.values), name="usage_sign_kind"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
