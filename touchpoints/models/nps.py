"""NpsAnswer: what somebody answered when asked whether they would recommend us, from 0 to 10."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, cast

from django.db import models
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from pmcrm.lists.text import Normalise
from pmcrm.people.permissions import may
from touchpoints.promoters import PromoterScore, score_of_counts

if TYPE_CHECKING:
    import datetime as dt

    from pmcrm.people.models import User


class NpsAnswerQuerySet(models.QuerySet["NpsAnswer"]):
    def visible_to(self, user: User) -> Self:
        """Answers of visible accounts; those of people whom we do not know only for who reads all accounts."""
        if not may(user, "account.read"):
            return self.none()
        if may(user, "account.read_all"):
            return self.filter(models.Q(account=None) | models.Q(account__deleted_at=None))
        return self.filter(account__in=Account.objects.visible_to(user))

    def of(self, account: Account) -> Self:
        return self.filter(account=account)

    def between(self, first: dt.date | None, last: dt.date | None) -> Self:
        """From the first day to the last, both included; None leaves that side open."""
        rows = self if first is None else self.filter(answered_on__gte=first)
        return rows if last is None else rows.filter(answered_on__lte=last)

    def of_market(self, market: str) -> Self:
        return self.filter(market=market) if market else self

    def latest_per_person(self) -> Self:
        """Of everybody the newest of these answers."""
        newest = self.order_by("person", "-answered_on", "-id").distinct("person")
        every = self.model._default_manager.all()
        return cast("Self", every.filter(pk__in=newest.values("pk")))

    def counts(self) -> dict[int, int]:
        """How many gave each score."""
        return dict(self.order_by().values_list("score").annotate(number=models.Count("pk")))

    def promoter_score(self) -> PromoterScore:
        return score_of_counts(self.counts())

    def promoter_scores_by(self, column: str | models.Expression) -> dict[object, PromoterScore]:
        """The score of each group, by a column or what is computed of one."""
        found: dict[object, dict[int, int]] = {}
        rows = self.order_by().annotate(group=models.F(column) if isinstance(column, str) else column)
        for group, score, number in rows.values_list("group", "score").annotate(number=models.Count("pk")):
            found.setdefault(group, {})[score] = number
        return {group: score_of_counts(counts) for group, counts in sorted(found.items(), key=lambda one: str(one[0]))}

    def newest_first(self) -> Self:
        return self.order_by("-answered_on", "-id")


def _person() -> models.Expression:
    """What tells people apart: a contact, else a name at an account, else a name; an answer without any is its own."""
    text = models.TextField()
    name = Concat(
        models.Value("n"), Coalesce("account_id", 0), models.Value(" "), Normalise("respondent"), output_field=text
    )
    return models.Case(
        models.When(contact__isnull=False, then=Concat(models.Value("c"), "contact_id", output_field=text)),
        models.When(~models.Q(respondent=""), then=name),
        default=Concat(models.Value("a"), "source", models.Value(" "), "ref", output_field=text),
        output_field=text,
    )


class NpsAnswer(models.Model):
    """One answer. Whoever is not known here stands as `respondent`, with no account."""

    account = models.ForeignKey(
        Account, models.CASCADE, null=True, blank=True, related_name="nps_answers", verbose_name=_("account")
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="nps_answers", verbose_name=_("contact")
    )
    respondent = models.CharField(_("who answered"), max_length=200, blank=True)
    score = models.PositiveSmallIntegerField(_("score"))
    answered_on = models.DateField(_("answered on"))
    comment = models.TextField(_("why"), blank=True)
    market = models.CharField(_("market"), max_length=100, blank=True)
    touchpoint = models.CharField(_("asked after"), max_length=100, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True)
    ref = models.CharField(_("reference"), max_length=200)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    person = models.GeneratedField(expression=_person(), output_field=models.TextField(), db_persist=True)

    objects = NpsAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(score__lte=10), name="nps_answer_score"),
            models.UniqueConstraint(fields=["source", "ref"], name="nps_answer_once"),
        ]
        indexes = [
            models.Index(fields=["account", "-answered_on", "-id"], name="nps_answer_of_account"),
            models.Index(fields=["-answered_on", "-id"], name="nps_answer_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.score} {self.answered_on:%Y-%m-%d}"

    @property
    def who(self) -> str:
        """Whom it is shown as."""
        return self.contact.name if self.contact is not None else self.respondent
