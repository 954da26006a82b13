"""What we learned of a person: when, and from whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact
from touchpoints.models.interaction import Interaction, its_talk_is_seen_by

if TYPE_CHECKING:
    from pmcrm.people.models import User


class Learned(models.TextChoices):
    """The columns of a contact that are learned bit by bit."""

    JOB_TITLE = "job_title", _("Position")
    JOINED = "joined_company_on", _("With the company since")
    EMPLOYERS = "previous_employers", _("Earlier employers")
    BACKGROUND = "background", _("Background")


class PersonFactQuerySet(models.QuerySet["PersonFact"]):
    def visible_to(self, user: User) -> Self:
        """Of visible people; what a private talk told only for those who see the talk."""
        heard = models.Q(interaction=None) | its_talk_is_seen_by(user)
        return self.filter(heard, contact__in=Contact.objects.visible_to(user))

    def newest_first(self) -> Self:
        return self.order_by("-as_of", "-id").select_related("interaction", "author")


class PersonFact(models.Model):
    """One value of a contact as somebody learned it. The contact holds the value that counts; this says whence."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="facts", verbose_name=_("person"))
    field = models.CharField(_("what"), max_length=20, choices=Learned)
    value = models.TextField(_("value"))
    as_of = models.DateField(_("as of"), default=timezone.localdate)
    source = models.CharField(_("source"), max_length=200, blank=True)
    interaction = models.ForeignKey(
        Interaction, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("from")
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonFactQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(field__in=Learned.values), name="person_fact_field")]
        indexes = [models.Index(fields=["contact", "-as_of", "-id"], name="person_fact_of_contact")]

    def __str__(self) -> str:
        return self.get_field_display()
