"""Accounts of which something changed that their contact load follows from, since it was published last."""

from __future__ import annotations

from django.db import models


class LoadChange(models.Model):
    """The database notes it with each change of a talk, of who was there, and of people, whoever makes it. Publishing
    the load takes the notes away. Only ever added, so that nobody waits; the key of the account is all there is.
    """

    account_id = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"change at {self.account_id}"
