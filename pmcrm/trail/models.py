"""What happened: who did what to which thing, and who looked at what is sensitive."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

# Erasing a person, and deleting something for good, takes the words out of a row and leaves that it happened.
_ONLY_WORDS_GO = """
    IF current_setting('pmcrm.forgetting', true) = 'on' AND TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - 'subject_label' - 'data' = to_jsonb(OLD) - 'subject_label' - 'data'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
"""


class TrailQuerySet(models.QuerySet["TrailEntry"]):
    def about(self, subject: models.Model) -> TrailQuerySet:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))

    def newest_first(self) -> TrailQuerySet:
        return self.order_by("-at", "-id")


class TrailEntry(models.Model):
    """One business event. Rows are only ever added; the database refuses to change or delete one,
    except that its words go with the person or thing that they tell of."""

    at = models.DateTimeField(_("when"), auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(_("what"), max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=200)
    account_id = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)

    objects = TrailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-at"], name="trail_by_subject"),
            models.Index(fields=["account_id", "-at"], name="trail_by_account"),
            models.Index(fields=["-at", "-id"], name="trail_newest_first"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="trail_is_append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_ONLY_WORDS_GO,
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_label}"


class ViewLog(models.Model):
    """Somebody opened something sensitive. Rows are only ever added."""

    at = models.DateTimeField(_("when"), auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=200)
    through = models.CharField(_("through"), max_length=20, help_text=_("page, api or export"))

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "-at"], name="viewlog_by_subject")]
        triggers = [
            pgtrigger.Trigger(
                name="viewlog_is_append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_ONLY_WORDS_GO,
            )
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} saw {self.subject_label}"
