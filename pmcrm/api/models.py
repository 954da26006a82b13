"""What the API itself has to remember: answers to writes that may be sent twice, and what tokens are for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from pmcrm.people.models import User

KEPT_FOR: Final = timedelta(hours=24)


class AnswerQuerySet(models.QuerySet["Answer"]):
    def of(self, person_id: int) -> Self:
        return self.filter(person_id=person_id)

    def outdated(self) -> Self:
        return self.filter(created_at__lt=timezone.now() - KEPT_FOR)


class Answer(models.Model):
    """The answer to a write that carried an Idempotency-Key, kept for a day and given again to the same write."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    path = models.CharField(max_length=500)
    key = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True)
    location = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "path", "key"], name="api_answer_once")]
        indexes = [models.Index(fields=["person", "created_at"], name="api_answer_age")]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"


class TokenLabelQuerySet(models.QuerySet["TokenLabel"]):
    def of(self, person: User) -> Self:
        return self.filter(token__user=person).select_related("token").order_by("-token__created")


class TokenLabel(models.Model):
    """What a person made a token for. The token itself is kept as a digest by knox and shown once."""

    token = models.OneToOneField(settings.KNOX_TOKEN_MODEL, models.CASCADE, related_name="label")
    name = models.CharField(_("what it is for"), max_length=100)

    objects = TokenLabelQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


def issue_token(*, person: User, name: str) -> tuple[TokenLabel, str]:
    """A new token without expiry for `person`: its label, and its text, which nobody can read again."""
    from knox.models import AuthToken

    made: tuple[Any, str] = AuthToken.objects.create(user=person, expiry=None)
    token, text = made
    return TokenLabel.objects.create(token=token, name=name), text
