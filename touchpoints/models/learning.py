"""Learning: one thing that a talk taught us, tagged so that it is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from touchpoints.models.interaction import Interaction, its_talk_is_seen_by

if TYPE_CHECKING:
    from accounts.models import Account, Contact
    from pmcrm.people.models import User


class LearningTag(models.TextChoices):
    GOAL = "goal", _("Goal")
    WORRY = "worry", _("Worry")
    HABIT = "decision_habit", _("How they decide")
    QUOTE = "quote", _("Quote")
    BUYER = "buyer_fact", _("About buyers")
    PRODUCT = "product_finding", _("About the product")
    RIVAL = "rival", _("Rival")
    SURPRISE = "surprise", _("Surprise")


# What says how somebody thinks.
HOW_THEY_THINK = (LearningTag.GOAL, LearningTag.WORRY, LearningTag.HABIT, LearningTag.QUOTE)


class LearningQuerySet(models.QuerySet["Learning"]):
    def visible_to(self, user: User) -> Self:
        """Of talks that the person sees."""
        return self.filter(its_talk_is_seen_by(user))

    def of_account(self, account: Account) -> Self:
        return self.filter(interaction__attendances__account=account)

    def of_contact(self, contact: Contact) -> Self:
        return self.filter(interaction__contacts=contact)

    def tagged(self, tag: str) -> Self:
        return self.filter(tags__contains=[tag])

    def how_they_think(self) -> Self:
        return self.filter(tags__overlap=[tag.value for tag in HOW_THEY_THINK])

    def surprises(self) -> Self:
        return self.filter(is_surprise=True)

    def newest_first(self) -> Self:
        return self.order_by("-interaction__at", "-id").select_related("interaction", "author")


class Learning(models.Model):
    """Something we did not know before the talk."""

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="learnings", verbose_name=_("learned in"))
    text = models.TextField(_("what we learned"), max_length=2000)
    tags = ArrayField(models.CharField(max_length=20, choices=LearningTag), default=list, blank=True)
    is_surprise = models.BooleanField(_("surprised us"), default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = LearningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(text__regex=r"\S"), name="learning_says_something"),
            models.CheckConstraint(condition=models.Q(tags__contained_by=LearningTag.values), name="learning_tags"),
        ]
        indexes = [
            GinIndex(fields=["tags"], name="learning_by_tag"),
            models.Index(fields=["-id"], condition=models.Q(is_surprise=True), name="learning_surprises"),
        ]

    def __str__(self) -> str:
        """What trails may print: words of a private talk stay out of them."""
        return f"learning {self.pk}"

    @property
    def tag_labels(self) -> list[str]:
        return [str(LearningTag(tag).label) for tag in self.tags if tag in LearningTag.values]
