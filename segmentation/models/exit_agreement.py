"""Who was heard about an exit plan, who signed it, and the unchangeable record of what was signed."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from segmentation import playbook
from segmentation.models.exit_plan import ExitPlan


class CoalitionRowQuerySet(models.QuerySet["CoalitionRow"]):
    def waiting_without_a_person(self) -> Self:
        """Rows of open coalitions that nobody can answer: not heard, and their person left or never was."""
        return self.filter(
            models.Q(person=None) | models.Q(person__is_active=False),
            plan__state__in=[playbook.COALITION, playbook.RETURNED],
            position="",
            waiver_reason="",
            talked_on=None,
        )


class CoalitionRow(models.Model):
    """One office of the coalition: its concern, what it was shown, and where it stands.

    A position counts only when its person recorded it (`signed_at`, `signed_by`). Without one, the sponsor records a
    talk or waives it with a reason. `person` is whoever speaks for the office now; it passes on with the office.
    """

    plan = models.ForeignKey(ExitPlan, models.CASCADE, related_name="coalition")
    office = models.CharField(
        _("office"), max_length=20, choices=[(role.office, role.label) for role in playbook.COALITION_ROLES.values()]
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    concern = models.TextField(_("concern, in their words"), blank=True)
    evidence_shown = models.TextField(_("evidence shown"), blank=True)
    talked_on = models.DateField(_("talked on"), null=True, blank=True)
    position = models.CharField(_("position"), max_length=20, choices=list(playbook.POSITIONS.items()), blank=True)
    conditions = models.TextField(_("conditions or objection"), blank=True)
    signed_at = models.DateTimeField(_("position recorded"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    waiver_reason = models.TextField(_("why the talk was waived"), blank=True)

    objects = CoalitionRowQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "office"], name="coalition_office_once"),
            models.CheckConstraint(
                condition=models.Q(office__in=list(playbook.COALITION_ROLES)), name="coalition_office"
            ),
            models.CheckConstraint(
                condition=models.Q(position__in=["", *playbook.POSITIONS]), name="coalition_position"
            ),
            models.CheckConstraint(
                condition=models.Q(position="") | models.Q(signed_at__isnull=False), name="coalition_position_is_signed"
            ),
        ]
        indexes = [models.Index(fields=["person", "plan"], name="coalition_by_person")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.office}"

    @property
    def is_heard(self) -> bool:
        return bool(self.position or self.talked_on or self.waiver_reason)

    @property
    def role(self) -> playbook.CoalitionRole:
        return playbook.COALITION_ROLES[self.office]


class ExitSignature(models.Model):
    """One decision of one signatory in one round of approval, over the content with `content_hash`.

    A new round leaves the signatures of older rounds where they are; only those of the present round count.
    """

    plan = models.ForeignKey(ExitPlan, models.PROTECT, related_name="signatures")
    round = models.PositiveSmallIntegerField(_("round"))
    role = models.CharField(_("as"), max_length=20, choices=list(playbook.SIGNATURE_ROLES.items()))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    decision = models.CharField(
        _("decision"),
        max_length=10,
        choices=[("approve", _("Signed")), ("return", _("Returned")), ("reject", _("Rejected"))],
    )
    comment = models.TextField(_("comment"), blank=True)
    content_hash = models.CharField(_("content hash"), max_length=64)
    signed_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        ordering = ["signed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "round", "role"], name="exit_signature_once_a_round"),
            models.UniqueConstraint(fields=["plan", "round", "person"], name="exit_signature_one_a_person"),
            models.CheckConstraint(
                condition=models.Q(decision="approve") | ~models.Q(comment__regex=r"^\s*$"),
                name="exit_signature_return_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="exit_signature_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.role}"


class ExitSnapshot(models.Model):
    """What was signed: the whole text and every figure, with the SHA-256 of its canonical JSON."""

    plan = models.OneToOneField(ExitPlan, models.PROTECT, related_name="snapshot")
    round = models.PositiveSmallIntegerField(_("round"))
    content = models.JSONField(_("content"), encoder=DjangoJSONEncoder)
    content_hash = models.CharField(_("content hash"), max_length=64)
    made_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        triggers = [pgtrigger.Protect(name="exit_snapshot_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Snapshot of exit plan {self.plan_id}"
