"""What product managers have seen elsewhere and may tell, and to whom it was told."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from pmcrm.people.permissions import may
from preparation.models.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pmcrm.people.models import User


class ExperienceQuerySet(models.QuerySet["Experience"]):
    def visible_to(self, user: User) -> Self:
        """Stories are shared among product; only their owner tells and changes them."""
        return self if may(user, "experience.read") else self.none()

    def of(self, people: Iterable[int]) -> Self:
        return self.filter(owner__in=people)

    def worth_telling(self, account: Account) -> Self:
        """Not put away, and not told to this account yet."""
        told = Telling.objects.filter(account=account).exclude(sheet__interaction__status="cancelled")
        return self.filter(is_retired=False).exclude(pk__in=told.values("experience"))

    def about(self, words: str, industry: str = "") -> Self:
        """Those that have each of these words somewhere, of that industry where one is named."""
        found = self.filter(industry__iexact=industry) if industry else self
        for word in words.split()[:10]:
            places = ("problem", "story", "industry")
            found = found.filter(reduce(or_, (models.Q(**{f"{name}__icontains": word}) for name in places)))
        return found

    def newest_first(self) -> Self:
        return self.order_by("is_retired", "-created_at", "-id").select_related("owner")


class Experience(models.Model):
    """A story of one's own: in which industry, which problem, and how it went."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="experiences", verbose_name=_("whose")
    )
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    problem = models.CharField(_("problem"), max_length=300)
    story = models.TextField(_("what came of it"), max_length=4000)
    is_retired = models.BooleanField(_("not told any more"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = ExperienceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(problem__regex=r"\S"), name="experience_has_a_problem"),
            models.CheckConstraint(condition=models.Q(story__regex=r"\S"), name="experience_has_a_story"),
        ]
        indexes = [models.Index(Upper("industry"), name="experience_by_industry")]

    def __str__(self) -> str:
        return self.problem


class TellingQuerySet(models.QuerySet["Telling"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(
            account__in=Account.objects.visible_to(user), experience__in=Experience.objects.visible_to(user)
        )


class Telling(models.Model):
    """An experience chosen for an account: told once, not suggested there again."""

    experience = models.ForeignKey(Experience, models.CASCADE, related_name="tellings")
    account = models.ForeignKey(Account, models.CASCADE, related_name="experiences_told")
    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="tellings")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = TellingQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["experience", "account"], name="telling_once")]

    def __str__(self) -> str:
        return f"{self.experience_id} to {self.account_id}"
