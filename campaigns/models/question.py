"""The questions of the call guide, which an organisation words for itself. Each wording is a version that stays."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Block(models.TextChoices):
    """The parts of a talk, in the order in which they help: the person first, use afterwards."""

    WHO = "who", _("Who they are")
    WHY = "why", _("Why they use it")
    HOW = "how", _("How they use it")
    PAINS = "pains", _("What troubles them")
    CLOSE = "close", _("Close")


class Goes(models.TextChoices):
    """Where an answer goes, beside being kept with the call."""

    NOWHERE = "", _("Stays with the call")
    JOB_TITLE = "job_title", _("Position of the person")
    JOINED = "joined_company_on", _("With the company since")
    EMPLOYERS = "previous_employers", _("Earlier employers")
    BACKGROUND = "background", _("Background of the person")
    PURPOSE = "purpose", _("What they use the product for")
    ACTUAL_WAY = "actual_way", _("How they really do it")
    PAIN = "pain", _("A pain")


ABOUT_PERSON = (Goes.JOB_TITLE, Goes.JOINED, Goes.EMPLOYERS, Goes.BACKGROUND)


class QuestionQuerySet(models.QuerySet["Question"]):
    def in_use(self) -> Self:
        return self.filter(is_in_use=True)

    def in_order(self) -> Self:
        rank = models.Case(*(models.When(block=block, then=at) for at, block in enumerate(Block.values)), default=9)
        return self.order_by(rank, "position", "slug")


class Question(models.Model):
    """One wording of a question. Editing it makes a new version; answers keep the one that was asked."""

    slug = models.SlugField(_("key"), max_length=40)
    number = models.PositiveIntegerField(_("version"), default=1)
    block = models.CharField(_("block"), max_length=8, choices=Block)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    text = models.CharField(_("question"), max_length=300)
    goes = models.CharField(_("where the answer goes"), max_length=20, choices=Goes, blank=True)
    is_in_use = models.BooleanField(_("asked"), default=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "number"], name="question_version"),
            models.UniqueConstraint(fields=["slug"], condition=models.Q(is_in_use=True), name="question_one_in_use"),
            models.CheckConstraint(condition=models.Q(block__in=Block.values), name="question_block"),
            models.CheckConstraint(condition=models.Q(text__regex=r"\S"), name="question_has_words"),
        ]

    def __str__(self) -> str:
        return self.text
