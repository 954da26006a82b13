"""Pain: what hurts a customer, told once. Who told it again, and what they were told would become of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, Promise
from pmcrm.lists.text import Fold, Pieces, holds
from pmcrm.people.permissions import may
from touchpoints.models.interaction import Interaction, its_talk_is_seen_by
from touchpoints.models.statement import Channel, Saying

if TYPE_CHECKING:
    from pmcrm.people.models import User


class Severity(models.TextChoices):
    BLOCKING = "blocking", _("Cannot work")
    SERIOUS = "serious", _("Costs them much")
    NUISANCE = "nuisance", _("A nuisance")


class Cause(models.TextChoices):
    TECHNOLOGY = "technology", _("The technology")
    WORKING = "way_of_working", _("The way of working")
    PRICE = "price", _("The price")
    BUYING = "buying", _("How they bought it")
    RIVAL = "rival", _("What a rival has")


class ExpectationKind(models.TextChoices):
    """What they were told would become of it."""

    HEARD = "heard_only", _("Heard, no more")
    STUDY = "under_study", _("We look into it")
    PLANNED = "planned", _("A fix is planned")
    NOT_PLANNED = "not_planned", _("No fix is planned")


class PainState(models.TextChoices):
    OPEN = "open", _("Waits for our answer")
    ANSWERED = "answered", _("Answered")
    GONE = "gone", _("Does not hurt any more")


class PainQuerySet(models.QuerySet["Pain"]):
    def visible_to(self, user: User) -> Self:
        """Of visible accounts; what was told in a private talk only for those who see the talk."""
        if not may(user, "account.read"):
            return self.none()
        seen = models.Q(interaction=None) | its_talk_is_seen_by(user)
        return self.filter(seen, account__in=Account.objects.visible_to(user))

    def told(self) -> Self:
        """Each pain once: without those that turned out to be another one."""
        return self.filter(merged_into=None)

    def of(self, account: Account) -> Self:
        return self.filter(account=account)

    def open(self) -> Self:
        """Nobody told them yet what becomes of it."""
        return self.told().filter(state=PainState.OPEN)

    def hurting(self) -> Self:
        return self.told().exclude(state=PainState.GONE)

    def answered(self) -> Self:
        return self.told().exclude(state=PainState.OPEN)

    def without_expectation(self) -> Self:
        """Nobody said what to expect of it."""
        return self.hurting().filter(expectation="")

    def late(self, day: dt.date) -> Self:
        """The day by which they were to hear from us has gone by."""
        return self.open().filter(report_back_on__lt=day)

    def ended_late(self) -> Self:
        """They did not hear from us by their day, and it ended only after that."""
        given = PainAnswer.objects.reports().filter(
            pain=models.OuterRef("pk"), due_on=models.OuterRef("report_back_on")
        )
        gone = self.told().filter(state=PainState.GONE, ended_on__gt=models.F("report_back_on"))
        return gone.filter(~models.Exists(given))

    def due_by(self, day: dt.date) -> Self:
        return self.open().filter(report_back_on__lte=day)

    def owned_by(self, user: User) -> Self:
        """Of accounts that the person answers for, and those of accounts without a product manager that they wrote."""
        nobody = models.Q(account__product_manager=None, account__relationship_owner=None, author=user)
        mine = models.Q(account__product_manager=user) | models.Q(
            account__product_manager=None, account__relationship_owner=user
        )
        return self.filter(mine | nobody)

    def told_by(self, contact: Contact) -> Self:
        """Told or told again by the person."""
        again = PainTelling.objects.filter(pain=models.OuterRef("pk"), teller=contact)
        return self.told().filter(models.Q(teller=contact) | models.Exists(again))

    def matching(self, text: str) -> Self:
        return self.filter(holds("folded", text))

    def newest_first(self) -> Self:
        return self.order_by("-told_on", "-id")

    def with_names(self) -> Self:
        return self.select_related("account", "teller", "author", "interaction")

    def with_total(self) -> Self:
        """Each with `total`, how many there are before a page is cut off."""
        return self.annotate(total=models.Window(models.Count("pk")))

    def with_owner(self) -> Self:
        """With the account and who answers for it."""
        return self.select_related("account__product_manager", "account__relationship_owner", "interaction")


class Pain(models.Model):
    """What hurts them, in their words, kept once for everybody who sees the account.

    `retold_count` is how often they had to say it again. A pain that turned out to be another one keeps its row and
    points there, so that taking the two apart again loses nothing.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="pains", verbose_name=_("account"))
    words = models.TextField(_("their words"), max_length=4000)
    folded = models.GeneratedField(expression=Fold("words"), output_field=models.TextField(), db_persist=True)
    teller = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="pains_told", verbose_name=_("who told it")
    )
    told_on = models.DateField(_("told on"), default=timezone.localdate)
    interaction = models.ForeignKey(
        Interaction, models.CASCADE, null=True, blank=True, related_name="pains", verbose_name=_("told in")
    )
    severity = models.CharField(_("how bad"), max_length=10, choices=Severity, blank=True, default="")
    cause = models.CharField(_("what it comes from"), max_length=20, choices=Cause, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=PainState, default=PainState.OPEN)
    expectation = models.CharField(
        _("what they may expect"), max_length=12, choices=ExpectationKind, blank=True, default=""
    )
    saying = models.ForeignKey(
        Saying, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("statement said before")
    )
    bypass_reason = models.CharField(_("why nothing was said before"), max_length=200, blank=True, default="")
    report_back_on = models.DateField(_("they hear from us by"))
    ended_on = models.DateField(_("does not hurt any more since"), null=True, blank=True)
    retold_count = models.PositiveIntegerField(_("told again"), default=0)
    promises = models.ManyToManyField(Promise, related_name="pains", blank=True, verbose_name=_("promises"))
    merged_into = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="merged_here")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("noted by"))
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    total: int  # set by `with_total`

    objects = PainQuerySet.as_manager()

    class Meta:
        verbose_name = _("pain")
        constraints = [
            models.CheckConstraint(condition=models.Q(words__regex=r"\S"), name="pain_has_words"),
            models.CheckConstraint(
                condition=models.Q(severity="") | models.Q(severity__in=Severity.values), name="pain_severity"
            ),
            models.CheckConstraint(condition=models.Q(cause="") | models.Q(cause__in=Cause.values), name="pain_cause"),
            models.CheckConstraint(condition=models.Q(state__in=PainState.values), name="pain_state"),
            models.CheckConstraint(
                condition=models.Q(expectation="") | models.Q(expectation__in=ExpectationKind.values),
                name="pain_expectation",
            ),
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("id")), name="pain_not_merged_into_itself"),
        ]
        indexes = [
            models.Index(fields=["account", "-told_on", "-id"], name="pain_of_account"),
            models.Index(
                fields=["report_back_on", "id"],
                condition=models.Q(state="open", merged_into=None),
                name="pain_waiting",
            ),
            models.Index(fields=["-told_on", "-id"], condition=models.Q(merged_into=None), name="pain_newest"),
            GinIndex(OpClass(models.F("folded"), name="gin_trgm_ops"), name="pain_trigrams"),
            GinIndex(Pieces("folded"), name="pain_pieces"),
        ]

    def __str__(self) -> str:
        """What trails may print: no words of a customer."""
        return f"{self._meta.verbose_name} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("pain_detail", args=[self.pk])

    @property
    def is_expectation_set(self) -> bool:
        """Whether they had heard, before they told it, what would and would not come of telling."""
        return self.saying_id is not None

    @property
    def is_open(self) -> bool:
        return self.state == PainState.OPEN

    @property
    def is_late(self) -> bool:
        return self.is_open and self.report_back_on < timezone.localdate()

    @property
    def is_fix_promised(self) -> bool:
        return self.expectation == ExpectationKind.PLANNED


class PainTellingQuerySet(models.QuerySet["PainTelling"]):
    def visible_to(self, user: User) -> Self:
        seen = models.Q(interaction=None) | its_talk_is_seen_by(user)
        return self.filter(seen, pain__in=Pain.objects.visible_to(user))


class PainTelling(models.Model):
    """They had to tell it again: who, when, and in which words where these were others."""

    pain = models.ForeignKey(Pain, models.CASCADE, related_name="tellings")
    teller = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    told_on = models.DateField(default=timezone.localdate)
    words = models.TextField(_("their words"), max_length=4000, blank=True, default="")
    interaction = models.ForeignKey(Interaction, models.CASCADE, null=True, blank=True, related_name="pain_tellings")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PainTellingQuerySet.as_manager()

    class Meta:
        ordering = ["told_on", "id"]

    def __str__(self) -> str:
        return f"{self.pain_id} on {self.told_on}"


class PainAnswerQuerySet(models.QuerySet["PainAnswer"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(pain__in=Pain.objects.visible_to(user))

    def reports(self) -> Self:
        """Those that told the customer what became of it."""
        return self.filter(is_report_back=True)


class PainAnswer(models.Model):
    """What the customer was told of a pain: at first what to expect, later (`is_report_back`) what became of it.

    `due_on` is the day by which they were to hear it.
    """

    pain = models.ForeignKey(Pain, models.CASCADE, related_name="answers")
    expectation = models.CharField(max_length=12, choices=ExpectationKind, blank=True, default="")
    words = models.TextField(_("what we said"), max_length=4000, blank=True, default="")
    contacts = models.ManyToManyField(Contact, related_name="+", blank=True, verbose_name=_("to whom"))
    channel = models.CharField(_("how"), max_length=10, choices=Channel, blank=True, default="")
    told_on = models.DateField(_("when"), default=timezone.localdate)
    is_report_back = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PainAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["told_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_report_back=False) | models.Q(due_on__isnull=False),
                name="pain_answer_had_a_day",
            )
        ]
        indexes = [models.Index(fields=["due_on"], condition=models.Q(is_report_back=True), name="pain_answer_by_day")]

    def __str__(self) -> str:
        return f"{self.pain_id} on {self.told_on}"

    @property
    def was_late(self) -> bool:
        return self.due_on is not None and self.told_on > self.due_on
