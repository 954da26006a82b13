"""Whom we have not heard from for longer than we want to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Account, AccountQuerySet


def silent_accounts(accounts: AccountQuerySet) -> QuerySet[Account]:
    """Of `accounts`, customers in care and inside voices whose last two-way contact is older than their cadence.

    Where there was no contact yet, the day counts on which the account was entered; the database keeps for each from
    when on it is silent. Suspects and former customers are not waited for.
    """
    return most_valuable_first(accounts.filter(figures__silent_from__lte=timezone.now()))


def most_valuable_first(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """By what they contribute, each with its figures."""
    # A sum, and not the column: these few are sorted, instead of looking for them among all accounts from the top.
    most = (models.F("figures__contribution_12m") + 0).desc(nulls_last=True)
    return accounts.select_related("figures").order_by(most, "-figures__account")
