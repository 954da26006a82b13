"""The preparation sheet of one call or meeting: what its author adds to what is known already."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from touchpoints.models import Interaction, InteractionStatus

if TYPE_CHECKING:
    import datetime as dt

    from pmcrm.people.models import User


class ListenerRole(models.TextChoices):
    """In an introduction product mostly listens; whoever leads says so beforehand."""

    LISTENS = "pm_listens", _("Sales leads, product listens")
    LEADS = "pm_leads", _("Product leads")
    SHARED = "shared", _("Both in turn")


class SheetQuerySet(models.QuerySet["Sheet"]):
    def visible_to(self, user: User) -> Self:
        """Of talks that the person sees."""
        return self.filter(interaction__in=Interaction.objects.visible_to(user))

    def with_talk(self) -> Self:
        return self.select_related("interaction", "line_confirmed_by", "line_by", "talk_share_by")

    def of_talks(self, interactions: list[int]) -> Self:
        return self.filter(interaction__in=interactions)

    def not_frozen(self, *, before: dt.datetime) -> Self:
        """Of talks that began before then, without the word on how complete they were when it began."""
        rows = self.filter(share_at_start=None, interaction__at__lte=before)
        return rows.exclude(interaction__status=InteractionStatus.CANCELLED)

    def with_line_to_agree(self) -> Self:
        return self.exclude(sales_line="").filter(line_confirmed_at=None)

    def ahead(self, *, after: dt.datetime, until: dt.datetime) -> Self:
        return self.filter(
            interaction__status=InteractionStatus.PLANNED, interaction__at__gt=after, interaction__at__lte=until
        )


class Sheet(models.Model):
    """What nobody can look up. Everything else on the page is read from where it is kept.

    `touched` holds for each field the version of the sheet in which it was last written, so that two people who write
    different fields at once do not disturb each other. `nothing_in` names the questions that were answered with "none".
    """

    interaction = models.OneToOneField(
        Interaction, models.CASCADE, related_name="sheet", verbose_name=_("call or meeting")
    )
    is_introduction = models.BooleanField(_("introduction"), default=False)
    listener_role = models.CharField(_("who leads, who listens"), max_length=12, choices=ListenerRole, blank=True)
    issues_note = models.TextField(_("present issues"), blank=True)
    people_note = models.TextField(_("what else we know of them"), blank=True)
    sales_line = models.TextField(_("line agreed with sales"), blank=True)
    line_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    line_asked_at = models.DateTimeField(null=True, blank=True)
    # Silence is agreement only of whoever was asked: another owner of the relationship is asked anew.
    line_asked_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    line_confirmed_at = models.DateTimeField(null=True, blank=True)
    line_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # By the keys of statements, which outlive their wording.
    to_say = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    nothing_in = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    talk_share = models.DecimalField(_("share of the time that we talked"), max_digits=3, decimal_places=2, null=True)
    talk_share_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    unprepared_reason = models.CharField(_("why without preparation"), max_length=300, blank=True)
    unprepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    unprepared_at = models.DateTimeField(null=True, blank=True)
    # A fraction of 1, as it was computed last; lists read it.
    share = models.DecimalField(max_digits=7, decimal_places=6, default=Decimal(0))
    share_at_start = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    touched = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(listener_role="") | models.Q(listener_role__in=ListenerRole.values),
                name="sheet_listener_role",
            ),
            models.CheckConstraint(
                condition=models.Q(share__range=(0, 1))
                & (models.Q(share_at_start=None) | models.Q(share_at_start__range=(0, 1))),
                name="sheet_share",
            ),
            models.CheckConstraint(
                condition=models.Q(talk_share=None) | models.Q(talk_share__range=(0, 1)),
                name="sheet_talk_share",
                violation_error_message=_("A share lies between 0 and 100 %."),
            ),
        ]

    def __str__(self) -> str:
        return f"sheet of {self.interaction_id}"

    def get_absolute_url(self) -> str:
        return reverse("preparation_sheet", args=[self.interaction_id])

    @property
    def was_complete_at_start(self) -> bool:
        """Whether nothing was missing when the talk began; only known afterwards."""
        return self.share_at_start == 1
