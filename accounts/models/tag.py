"""Tags: words of our own that gather accounts across every other order."""

from __future__ import annotations

from typing import Final, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from pmcrm.lists.text import Normalise

LONGEST_TAG: Final = 40
# A list of tags is read with the eyes; who needs more needs a field with choices.
MOST_TAGS: Final = 500
MOST_ON_ACCOUNT: Final = 20


class TagQuerySet(models.QuerySet["Tag"]):
    def in_order(self) -> Self:
        return self.order_by("folded", "pk")

    def called(self, names: list[str]) -> Self:
        """Those of these names, case and spaces aside."""
        return self.filter(folded__in=[Normalise(models.Value(name)) for name in names])

    def with_use(self) -> Self:
        """With the number of accounts in sight that carry each."""
        in_sight = models.Q(taggings__account__merged_into=None, taggings__account__deleted_at=None)
        return self.annotate(use=models.Count("taggings", filter=in_sight))

    def matching(self, text: str) -> Self:
        return self.filter(folded__contains=Normalise(models.Value(text)))


class Tag(models.Model):
    """A word that accounts carry. A comma parts several where they are written in one line, so none holds one."""

    name = models.CharField(_("name"), max_length=LONGEST_TAG)
    folded = models.GeneratedField(expression=Normalise("name"), output_field=models.TextField(), db_persist=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["folded", "id"]
        constraints = [
            models.UniqueConstraint(fields=["folded"], name="tag_named_once"),
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$|[,;]"), name="tag_has_a_plain_name"),
        ]

    def __str__(self) -> str:
        return self.name


class AccountTag(models.Model):
    """An account carries a tag."""

    # Read from both ends: which accounts carry it, and what an account carries.
    tag = models.ForeignKey(Tag, models.CASCADE, db_index=False, related_name="taggings")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "account"], name="account_tag_once")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.account_id}"
