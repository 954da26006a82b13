"""Contact: a person at an account."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import pghistory
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField
from phonenumber_field.phonenumber import to_python

from accounts.clock import LocalTime, local_time
from accounts.models.account import Account
from pmcrm.lists.keys import OneOf
from pmcrm.lists.text import Fold, Pieces, digits_of, holds
from pmcrm.people.models import check_time_zone
from pmcrm.people.permissions import may
from pmcrm.trash.models import MARKS, Discardable, DiscardableQuerySet, trash_index

if TYPE_CHECKING:
    from pmcrm.people.models import User


class Dialled(NamedTuple):
    """A phone number: the address of its link, how it is written, and whether it can be dialled from everywhere."""

    href: str
    shown: str
    is_valid: bool


@lru_cache(maxsize=10_000)
def dialled(number: str) -> Dialled:
    """Taking a number apart costs more than reading its row, and the same people are looked at again and again."""
    parsed = to_python(number)
    if parsed is None or not parsed.is_valid():
        return Dialled(f"tel:{number}", number, is_valid=False)
    return Dialled(parsed.as_rfc3966, parsed.as_international, is_valid=True)


class Temperament(models.TextChoices):
    CALM = "calm", _("Calm")
    DIRECT = "direct", _("Direct")
    DETAILED = "detailed", _("Detailed")
    SCEPTICAL = "sceptical", _("Sceptical")
    IMPATIENT = "impatient", _("Impatient")
    WARM = "warm", _("Warm")
    UNKNOWN = "", _("Not known")


class ContactRole(models.TextChoices):
    """What somebody has to say about us at their company."""

    ECONOMIC_BUYER = "economic_buyer", _("Economic buyer")
    TECHNICAL = "technical", _("Technical")
    USER = "user", _("User")
    EXECUTIVE = "executive", _("Executive")
    PARTNER = "partner", _("Partner")


class ContactQuerySet(DiscardableQuerySet["Contact"]):
    def visible_to(self, user: User, *, singly: bool = False) -> Self:
        """People of accounts that the person sees, without those who went up in another record or lie in the trash."""
        return self.filter(account__in=Account.objects.visible_to(user, singly=singly)).in_sight()

    def at_all_accounts_of(self, user: User) -> Self:
        """The same as `visible_to`, found from the accounts, where a list could otherwise be read from its top nearly
        to its end before it has a page of people whom the person sees."""
        accounts = Account.objects.visible_to(user).order_by().values("pk")
        return self.filter(OneOf(models.F("account_id"), ArraySubquery(accounts))).in_sight()

    def reachable_by(self, user: User) -> Self:
        """The same, with those out of sight."""
        return self.filter(account__in=Account.objects.reachable_by(user))

    def in_sight(self) -> Self:
        return self.filter(merged_into=None, deleted_at=None, erased_at=None)

    def writable_by(self, user: User) -> Self:
        return self.filter(account__in=Account.objects.writable_by(user)).in_sight()

    def that_took_in(self, key: Any) -> Self:
        """The person's other record, in which the one with this key went up."""
        return self.filter(merged_here=key)

    def still_there(self) -> Self:
        return self.filter(is_active=True)

    def gone(self) -> Self:
        return self.filter(is_active=False)

    def with_phone(self) -> Self:
        return self.exclude(phone="")

    def not_to_be_called(self) -> Self:
        """They asked not to be called, today or for ever."""
        now = models.Q(do_not_call_until=None) | models.Q(do_not_call_until__gte=timezone.localdate())
        return self.exclude(do_not_call_reason="").filter(now)

    def to_be_called(self) -> Self:
        over = models.Q(do_not_call_until__lt=timezone.localdate())
        return self.filter(models.Q(do_not_call_reason="") | over)

    def lacking(self, what: str) -> Self:
        """Without a phone number, an e-mail address, or a time zone of their own or of their account."""
        if what == "zone":
            return self.filter(time_zone="", account__time_zone="")
        return self.filter(**{what: ""})

    def at_accounts_of(self, key: int) -> Self:
        """People at the accounts that this colleague owns, in product or in sales."""
        return self.filter(account__in=Account.objects.owned_by_key(key))

    def with_whom_to_ask(self) -> Self:
        """With the account and those of us who look after it."""
        owners = ("relationship_owner", "product_manager", "se_owner")
        return self.select_related("account", *(f"account__{name}" for name in owners))

    def to_ask_for(self, account: Account) -> Self:
        """The people of an account as its own page names them first, each with `number`, how many people there are."""
        return self.of(account).annotate(number=models.Window(models.Count("pk")))

    def of(self, account: Account) -> Self:
        """The people of an account, those still there first."""
        return self.filter(account=account).in_sight().order_by("-is_active", "sort_name", "id")

    def matching(self, text: str) -> Self:
        """The name holds each word of the text, or the e-mail or the phone number holds the text."""
        found = holds("sort_name", text)
        if " " not in text:
            found |= models.Q(email__icontains=text)
        if digits := digits_of(text):
            found |= models.Q(phone__contains=digits)
        return self.filter(found)


@pghistory.track(
    pghistory.UpdateEvent("before", row=pghistory.Old),
    pghistory.DeleteEvent(),
    exclude=["sort_name", "erased_at", *MARKS],
)
class Contact(Discardable):
    """A person at an account: who they are, how and when to reach them."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="contacts", verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=200)
    job_title = models.CharField(_("position"), max_length=200, blank=True)
    role = models.CharField(
        _("role towards us"), max_length=16, choices=ContactRole, blank=True, default="", db_default=""
    )
    joined_company_on = models.DateField(_("with the company since"), null=True, blank=True)
    previous_employers = models.TextField(_("earlier employers"), blank=True)
    background = models.TextField(_("background"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[check_time_zone],
        help_text=_("Left empty, the account's zone counts."),
    )
    temperament = models.CharField(_("temperament"), max_length=12, choices=Temperament, blank=True)
    temperament_note = models.TextField(_("how to speak with them"), blank=True)
    is_active = models.BooleanField(_("still there"), default=True)
    # They asked not to be called: why is said, until a day or for ever. Every campaign leaves them out.
    do_not_call_reason = models.CharField(
        _("why not to call"), max_length=300, blank=True, default="", db_default="", editable=False
    )
    do_not_call_until = models.DateField(_("not to be called until"), null=True, blank=True, editable=False)
    custom = models.JSONField(
        _("own fields"), default=dict, db_default=models.Value({}, models.JSONField()), blank=True, editable=False
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="merged_here",
        verbose_name=_("merged into"),
    )
    # A person asked that we forget them: the row stays so that talks count as before, and says nothing of them.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    version = models.PositiveIntegerField(default=1)
    sort_name = models.GeneratedField(expression=Fold("name"), output_field=models.TextField(), db_persist=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name__regex=r"^\s*$"),
                name="contact_has_a_name",
                violation_error_message=_("A contact needs a name."),
            ),
            models.CheckConstraint(
                condition=models.Q(role="") | models.Q(role__in=ContactRole.values), name="contact_role"
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="contact_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=models.Q(do_not_call_until=None) | ~models.Q(do_not_call_reason=""),
                name="contact_do_not_call_why",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "sort_name", "id"], name="contact_by_account"),
            models.Index(fields=["sort_name", "id"], name="contact_by_name"),
            models.Index(fields=["created_at", "id"], name="contact_by_age"),
            # Gaps, in the order of the list; and which accounts have a number to call.
            models.Index(fields=["sort_name", "id"], condition=models.Q(phone=""), name="contact_without_phone"),
            models.Index(
                fields=["account"], condition=models.Q(is_active=True) & ~models.Q(phone=""), name="contact_phones"
            ),
            GinIndex(OpClass(models.F("sort_name"), name="gin_trgm_ops"), name="contact_name_trigrams"),
            GinIndex(Pieces("sort_name"), name="contact_name_pieces"),
            GinIndex(OpClass(Upper("email"), name="gin_trgm_ops"), name="contact_email_trigrams"),
            GinIndex(OpClass(models.F("phone"), name="gin_trgm_ops"), name="contact_phone_trigrams"),
            GinIndex(OpClass(models.F("custom"), name="jsonb_path_ops"), name="contact_custom"),
            models.Index(fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="contact_merged"),
            models.Index(fields=["id"], condition=~models.Q(do_not_call_reason=""), name="contact_do_not_call"),
            trash_index("contact"),
        ]

    def __str__(self) -> str:
        return self.name

    def temperament_visible_to(self, user: User) -> bool:
        """Temperament is for the product lead and for those whose own account this is."""
        if may(user, "temperament.read_all"):
            return True
        return may(user, "temperament.read") and self.account.is_own_of(user)

    @property
    def is_not_to_be_called(self) -> bool:
        """They asked not to be called, and that day is not over."""
        until = self.do_not_call_until
        return bool(self.do_not_call_reason) and (until is None or until >= timezone.localdate())

    @property
    def asks_engineer_first(self) -> bool:
        """Technical people talk to our systems engineer, where the account has one."""
        return self.role == ContactRole.TECHNICAL and self.account.se_owner_id is not None

    @property
    def dialled(self) -> Dialled | None:
        """The phone number as a link and as it is read; None where there is none."""
        return dialled(str(self.phone)) if self.phone else None

    def get_absolute_url(self) -> str:
        return reverse("contact_detail", args=[self.pk])

    @property
    def local_time(self) -> LocalTime | None:
        return local_time(self.zone_name)

    @property
    def zone_name(self) -> str:
        return self.time_zone or self.account.time_zone


class ContactReference(models.Model):
    """What another system calls this person."""

    source = models.CharField(_("source"), max_length=60, blank=True)
    value = models.CharField(_("value"), max_length=200)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "value"], name="contact_reference_once")]

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"
