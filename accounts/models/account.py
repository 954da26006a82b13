"""Account: who we serve, outside or inside the company."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models
from django.db.models.functions import JSONObject, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.clock import LocalTime, distance_class, hours_ahead, local_time
from accounts.countries import all_names, country_name, place_words
from pmcrm.lists.text import Fold, Normalise, Pieces, digits_of, folded_text, holds
from pmcrm.people.models import check_time_zone
from pmcrm.people.permissions import may
from pmcrm.trash.models import MARKS, Discardable, DiscardableQuerySet, trash_index

if TYPE_CHECKING:
    from pmcrm.people.models import User


class Kind(models.TextChoices):
    EXTERNAL = "external", _("External")
    INTERNAL = "internal", _("Internal")


class InternalMode(models.TextChoices):
    """How an internal customer stands to the external one."""

    ASSISTS = "assists", _("Helps customers with the product")
    ON_BEHALF = "on_behalf", _("Uses the product on a customer's behalf")


class Party(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    CHANNEL_PARTNER = "channel_partner", _("Channel partner")
    SUPPLIER = "supplier", _("Supplier")
    ANALYST_PRESS = "analyst_press", _("Analyst or press")


class State(models.TextChoices):
    SUSPECT = "suspect", _("Suspect")
    PROSPECT = "prospect", _("Prospect")
    IN_SALES_CYCLE = "in_sales_cycle", _("In sales cycle")
    CUSTOMER = "customer", _("Customer")
    EXITING = "exiting", _("Exiting")
    FORMER = "former", _("Former")


class Size(models.TextChoices):
    SMALL = "small", _("Small (under 50 people)")
    MEDIUM = "medium", _("Medium (50 to 249)")
    LARGE = "large", _("Large (250 to 4,999)")
    VERY_LARGE = "very_large", _("Very large (5,000 and more)")


class Distance(models.TextChoices):
    """How far they are from whoever looks after the product; over a distance contact tires sooner."""

    SAME_CITY = "same_city", _("Same city")
    SAME_COUNTRY = "same_country", _("Same country, or near")
    REMOTE = "remote", _("Remote")


class SalesForm(models.TextChoices):
    """From where our sellers reach the customer; visiting costs more than calling."""

    INSIDE = "inside", _("Inside sales (from the desk)")
    OUTSIDE = "outside", _("Outside sales (in the field)")


class Tier(models.TextChoices):
    A = "A", _("Tier A")
    B = "B", _("Tier B")
    C = "C", _("Tier C")
    UNKNOWN = "", _("Tier unknown")


class AccountQuerySet(DiscardableQuerySet["Account"]):
    def visible_to(self, user: User) -> Self:
        """Rows of the role table: most roles read all; sales owners and departments what is theirs or served.

        An account that went up in another or lies in the trash is out of sight for everybody.
        """
        return self.reachable_by(user).in_sight()

    def reachable_by(self, user: User) -> Self:
        """The same, with what went up in another and what lies in the trash."""
        if not may(user, "account.read"):
            return self.none()
        return self if may(user, "account.read_all") else self.filter(self.model.concerning(user))

    def in_sight(self) -> Self:
        return self.filter(merged_into=None, deleted_at=None)

    def writable_by(self, user: User) -> Self:
        if not may(user, "account.write"):
            return self.none()
        return (self if may(user, "account.write_all") else self.owned_by(user)).in_sight()

    def that_took_in(self, key: Any) -> Self:
        """The account in which the one with this key went up."""
        return self.filter(merged_here=key)

    def owned_by(self, user: User) -> Self:
        """The person's own accounts: theirs in product or in sales."""
        return self.owned_by_key(user.pk)

    def owned_by_key(self, key: int) -> Self:
        return self.filter(models.Q(product_manager=key) | models.Q(relationship_owner=key))

    def assigned_to(self, user: User) -> Self:
        """The person's own accounts, and those on whose team they are."""
        team = AccountTeam.objects.filter(user=user).values("account")
        return self.filter(models.Q(product_manager=user) | models.Q(relationship_owner=user) | models.Q(pk__in=team))

    def with_open_promises(self) -> Self:
        """How many promises to each are open, and how many of these are late."""
        is_open = models.Q(promises__state="open")
        late = is_open & models.Q(promises__due_on__lt=timezone.localdate())
        return self.annotate(
            promises_open=models.Count("promises", filter=is_open), promises_late=models.Count("promises", filter=late)
        )

    def external(self) -> Self:
        return self.filter(kind=Kind.EXTERNAL)

    def internal(self) -> Self:
        return self.filter(kind=Kind.INTERNAL)

    def customers(self) -> Self:
        """External customers and those who may become one, in any state."""
        return self.filter(kind=Kind.EXTERNAL, party=Party.CUSTOMER)

    def without_owner(self) -> Self:
        return self.filter(relationship_owner=None)

    def lacking(self, what: str) -> Self:
        """Accounts without a named contact who is still there, without any number to call, or without a zone."""
        contacts = self.model._meta.apps.get_model("accounts", "Contact").objects
        people = contacts.filter(account=models.OuterRef("pk"), is_active=True).in_sight()
        if what == "contact":
            return self.filter(~models.Exists(people))
        if what == "phone":
            return self.filter(~models.Exists(people.exclude(phone="")), phone="")
        return self.filter(time_zone="")

    def partners(self) -> Self:
        """External parties that are no customers: channel, suppliers, analysts, press."""
        return self.external().exclude(party=Party.CUSTOMER)

    def channel_partners(self) -> Self:
        return self.external().filter(party=Party.CHANNEL_PARTNER)

    def able_to_build(self) -> Self:
        """Partners to whom a customer can be pointed: the channel and suppliers."""
        return self.external().filter(party__in=[Party.CHANNEL_PARTNER, Party.SUPPLIER])

    def for_list(self) -> Self:
        """With what a row of a list shows. The join leaves none out: the database gives each account its figures."""
        return self.filter(figures__isnull=False).select_related("figures", "relationship_owner", "product_manager")

    def as_rows(self, paths: list[str], user: User) -> models.QuerySet[Account, Any]:
        """Only these values of each account and its figures, as named tuples: a list shows hundreds of them."""
        rows = self.with_tag_names() if "tag_names" in paths else self
        if "serves_refs" in paths:
            served = self.model._default_manager.visible_to(user).filter(served_by=models.OuterRef("pk"))
            rows = rows.annotate(serves_refs=ArraySubquery(served.order_by("ref").values("ref")))
        return rows.filter(figures__isnull=False).values_list(*paths, named=True)

    def with_tag_names(self) -> Self:
        """With the names of each account's tags in their order, read in the same statement."""
        return self.annotate(tag_names=ArraySubquery(self._own_tags().values("name")))

    def with_tags(self) -> Self:
        """The same, each tag with its key: `tag_pairs` holds {"id", "name"}."""
        pair = JSONObject(id="id", name="name")
        return self.annotate(tag_pairs=ArraySubquery(self._own_tags().annotate(pair=pair).values("pair")))

    def _own_tags(self) -> Any:
        tags: Any = self.model._meta.get_field("tags").related_model
        return tags.objects.filter(taggings__account=models.OuterRef("pk")).order_by("folded", "pk")

    def for_page(self) -> Self:
        """With what the account's own page always shows at its head; what only some have is read where they have it."""
        return self.select_related("figures", "relationship_owner", "product_manager", "strategic_entry").with_tags()

    def assessed_or_tiered(self) -> Self:
        """Accounts whose tier may change: somebody assessed them or set it, or they have one."""
        assessed, overridden = (
            self.model._meta.apps.get_model("accounts", name).objects.values("account")
            for name in ("ValueAssessment", "TierOverride")
        )
        return self.filter(
            models.Q(pk__in=assessed)
            | models.Q(pk__in=overridden)
            | ~models.Q(tier="")
            | models.Q(tier_score__isnull=False)
        )

    def with_proven(self, contribution: str) -> Self:
        """Accounts with at least one mark of this contribution that has its day and its proof."""
        marks = self.model._meta.apps.get_model("accounts", "ContributionMark").objects.proven()
        return self.filter(pk__in=marks.filter(contribution=contribution).order_by().values("account"))

    def with_permission(self) -> Self:
        """Accounts that allowed us, on some day, to name them or to have them speak."""
        allowed = models.Q(reference_ok=True) | models.Q(speaker_ok=True)
        return self.filter(allowed, reference_permission_on__isnull=False)

    def able_to_speak(self, occasion: str) -> Self:
        """Those who allowed this occasion; any of them where none is named."""
        return self.filter(**{f"{occasion}_ok": True}) if occasion else self

    def like(self, text: str) -> Self:
        """Whose name or industry holds the text, or whose country it names; all where there is none."""
        if not text:
            return self
        found = models.Q(sort_name__contains=Fold(models.Value(text))) | models.Q(industry__icontains=text)
        codes = [code for name, code in all_names().items() if name == text.lower()]
        return self.filter(found | models.Q(country__in=[*codes, text.upper()]))

    def with_uses(self) -> Self:
        """How often each spoke for us, and when last."""
        return self.annotate(
            uses=models.Count("reference_uses", distinct=True), last_used_on=models.Max("reference_uses__on")
        )

    def matching(self, text: str) -> Self:
        """The name holds each word of the text, accents and case aside; or the reference begins with it; or it is
        part of the phone number."""
        found = holds("sort_name", text) | models.Q(ref__istartswith=text)
        if digits := digits_of(text):
            found |= models.Q(phone__contains=digits)
        return self.filter(found)

    def sounding_like(self, text: str) -> Self:
        """Some words of the name are spelt nearly like the text: what a mistyped search still finds."""
        return self.filter(sort_name__trigram_word_similar=Fold(models.Value(text)))

    def nearest_first(self, text: str) -> Self:
        """By likeness of spelling; what is equally near: customers before internal accounts before all others."""
        closeness = models.Case(
            models.When(kind=Kind.INTERNAL, then=1), models.When(party=Party.CUSTOMER, then=0), default=2
        )
        near = TrigramWordSimilarity(folded_text(text), "sort_name")
        return self.order_by(near.desc(), closeness, "sort_name", "id")

    def called_nearly(self, name: str) -> Self:
        """Accounts of the same name, or of one that begins with it, accents and case aside."""
        begins = models.Q(sort_name__startswith=Fold(models.Value(name)))
        return self.filter(begins | models.Q(normalised_name=Normalise(models.Value(name)))).order_by("sort_name", "id")


# Statement by statement: an import or its taking back touches accounts by the ten thousand.
@pghistory.track(
    pghistory.UpdateEvent("before", row=pghistory.Old),
    pghistory.DeleteEvent(),
    exclude=["sort_name", "normalised_name", *MARKS],
    level=pgtrigger.Statement,
)
class Account(Discardable):
    """A customer or another party, outside or inside the company."""

    ref = models.CharField(_("reference"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=300)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    party = models.CharField(_("party"), max_length=20, choices=Party, default=Party.CUSTOMER)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.CUSTOMER)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    segment = models.CharField(_("segment"), max_length=100, blank=True)
    size = models.CharField(_("size"), max_length=12, choices=Size, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Two letters, for example NO."))
    region = models.CharField(_("region"), max_length=100, blank=True)
    street = models.CharField(_("street and number"), max_length=200, blank=True, default="", db_default="")
    postcode = models.CharField(_("postcode"), max_length=20, blank=True, default="", db_default="")
    city = models.CharField(_("city"), max_length=100, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[check_time_zone])
    phone = PhoneNumberField(_("phone"), blank=True, default="", db_default="")
    website = models.URLField(_("website"), blank=True)
    business_summary = models.TextField(_("their business"), blank=True)
    business_model = models.CharField(
        _("business model"), max_length=100, blank=True, default="", db_default="", help_text=_("How they earn.")
    )
    incumbent_competitor = models.CharField(
        _("rival in place"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Whose product they use for what ours would do."),
    )
    first_heard_on = models.DateField(_("first heard of us on"), null=True, blank=True)
    first_heard_source = models.CharField(
        _("first heard of us through"), max_length=200, blank=True, default="", db_default=""
    )
    first_impression = models.TextField(_("first impression"), blank=True, default="", db_default="")
    sales_form = models.CharField(
        _("sold to by"), max_length=10, choices=SalesForm, blank=True, default="", db_default=""
    )
    distance_class = models.CharField(
        _("distance"), max_length=12, choices=Distance, blank=True, default="", db_default=""
    )
    reference_ok = models.BooleanField(_("may be named as a reference"), default=False, db_default=False)
    speaker_ok = models.BooleanField(_("speaks at events"), default=False, db_default=False)
    reference_permission_on = models.DateField(_("permission given on"), null=True, blank=True)
    relationship_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="accounts_in_sales",
        verbose_name=_("relationship owner in sales"),
    )
    product_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="accounts_in_product",
        verbose_name=_("product manager"),
    )
    se_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="accounts_as_engineer",
        verbose_name=_("systems engineer"),
        help_text=_("Whom their technical people talk to."),
    )
    department = models.ForeignKey(
        "people.Department",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("department"),
        help_text=_("For an internal account: the department it is."),
    )
    internal_mode = models.CharField(
        _("how they use the product"),
        max_length=10,
        choices=InternalMode,
        blank=True,
        default="",
        db_default="",
        help_text=_("For an internal account: they help customers with it, or use it for them."),
    )
    serves = models.ManyToManyField(
        "self", symmetrical=False, related_name="served_by", blank=True, verbose_name=_("external accounts served")
    )
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="subsidiaries", verbose_name=_("parent account")
    )
    team = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="accounts.AccountTeam",
        related_name="accounts_assigned",
        blank=True,
        verbose_name=_("assigned colleagues"),
    )
    tier = models.CharField(_("tier"), max_length=1, choices=Tier, default=Tier.UNKNOWN, blank=True)
    tier_score = models.DecimalField(_("tier score"), max_digits=6, decimal_places=3, null=True, blank=True)
    tags = models.ManyToManyField(
        "accounts.Tag", through="accounts.AccountTag", related_name="accounts", blank=True, verbose_name=_("tags")
    )
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
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    version = models.PositiveIntegerField(default=1)
    sort_name = models.GeneratedField(expression=Fold("name"), output_field=models.TextField(), db_persist=True)
    normalised_name = models.GeneratedField(
        expression=Normalise("name"), output_field=models.TextField(), db_persist=True
    )

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="account_kind"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="account_state"),
            models.CheckConstraint(
                condition=models.Q(internal_mode="") | models.Q(internal_mode__in=InternalMode.values, kind="internal"),
                name="account_internal_mode",
                violation_error_message=_("Only an internal account helps with the product or uses it for others."),
            ),
            models.CheckConstraint(
                condition=~models.Q(name__regex=r"^\s*$"),
                name="account_has_a_name",
                violation_error_message=_("An account needs a name."),
            ),
            models.CheckConstraint(
                condition=models.Q(country="") | models.Q(country__regex=r"^[A-Z]{2}$"),
                name="account_country",
                violation_error_message=_("Write the country as the two capital letters of ISO 3166, such as NO."),
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="account_not_its_own_parent",
                violation_error_message=_("An account cannot be its own parent."),
            ),
            models.CheckConstraint(
                condition=models.Q(reference_ok=False, speaker_ok=False)
                | models.Q(reference_permission_on__isnull=False),
                name="account_permission_has_a_day",
                violation_error_message=_("Say on which day they gave their permission."),
            ),
            models.CheckConstraint(
                condition=models.Q(sales_form="") | models.Q(sales_form__in=SalesForm.values), name="account_sales_form"
            ),
            models.CheckConstraint(
                condition=models.Q(distance_class="") | models.Q(distance_class__in=Distance.values),
                name="account_distance",
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="account_not_merged_into_itself"
            ),
        ]
        indexes = [
            models.Index(fields=["sort_name", "id"], name="account_by_name"),
            models.Index(fields=["normalised_name"], name="account_normalised_name"),
            models.Index(fields=["relationship_owner", "sort_name", "id"], name="account_by_owner"),
            models.Index(fields=["product_manager", "sort_name", "id"], name="account_by_manager"),
            GinIndex(OpClass(models.F("sort_name"), name="gin_trgm_ops"), name="account_name_trigrams"),
            GinIndex(Pieces("sort_name"), name="account_name_pieces"),
            GinIndex(OpClass(models.F("phone"), name="gin_trgm_ops"), name="account_phone_trigrams"),
            models.Index(OpClass(Upper("ref"), name="text_pattern_ops"), name="account_ref_starts"),
            models.Index(models.F("tier_score").desc(nulls_last=True), models.F("id").desc(), name="account_tier_down"),
            models.Index(models.F("tier_score").asc(nulls_last=True), "id", name="account_tier_up"),
            models.Index(fields=["country", "sort_name", "id"], name="account_by_country"),
            models.Index(fields=["industry", "sort_name", "id"], name="account_by_industry"),
            models.Index(fields=["state", "sort_name", "id"], name="account_by_state"),
            models.Index(fields=["created_at", "id"], name="account_by_age"),
            models.Index(fields=["sort_name", "id"], condition=models.Q(time_zone=""), name="account_without_zone"),
            GinIndex(OpClass(models.F("custom"), name="jsonb_path_ops"), name="account_custom"),
            models.Index(fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="account_merged"),
            trash_index("account"),
        ]
        triggers = [
            # Lists sort by joining the figures, so each account has its row of them from its first moment on,
            # however it came in: by a form, in bulk or by COPY.
            pgtrigger.Trigger(
                name="account_has_figures",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_accounts"),  # type: ignore[no-untyped-call]  # untyped library
                func="""
                    INSERT INTO accounts_accountfigures (account_id) SELECT id FROM new_accounts
                    ON CONFLICT (account_id) DO NOTHING;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def concerning(user: User) -> models.Q:
        """Accounts that are the person's own, assigned to them, or served by their department."""
        # A union of small sets, each from its own index: one OR over them would read every account.
        mine = [
            Account.objects.filter(relationship_owner=user),
            Account.objects.filter(product_manager=user),
            Account.objects.filter(pk__in=AccountTeam.objects.filter(user=user).values("account")),
        ]
        if user.department_id is not None:
            inside = Account.objects.filter(department=user.department_id)
            served = Account.serves.through.objects.filter(from_account__in=inside).values("to_account")
            mine += [inside, Account.objects.filter(pk__in=served)]
        first, *others = (accounts.order_by().values("pk") for accounts in mine)
        return models.Q(pk__in=first.union(*others))

    @property
    def may_speak_for_others(self) -> bool:
        """Whether people there tell of customers as well: our own departments, partners, analysts."""
        return self.kind == Kind.INTERNAL or self.party != Party.CUSTOMER

    def is_own_of(self, user: User) -> bool:
        return user.pk in {self.product_manager_id, self.relationship_owner_id}

    def get_absolute_url(self) -> str:
        return reverse("account_detail", args=[self.pk])

    @property
    def country_words(self) -> str:
        return country_name(self.country) if self.country else ""

    @property
    def place(self) -> str:
        """City and country in words: Oslo, Norway."""
        return place_words(self.city, self.country)

    @property
    def local_time(self) -> LocalTime | None:
        return local_time(self.time_zone)

    @property
    def distance(self) -> str:
        """Its distance class from the product manager: as chosen, else as both clocks tell. Empty where unknown."""
        return distance_class(self.distance_class, self.time_zone, self._manager_zone)

    @property
    def distance_words(self) -> str:
        return str(Distance(self.distance).label) if self.distance else ""

    @property
    def hours_ahead(self) -> Decimal | None:
        """By how many hours their clock is ahead of the product manager's, now."""
        return hours_ahead(self.time_zone, self._manager_zone)

    @property
    def hours_behind(self) -> Decimal | None:
        """The same the other way round."""
        ahead = self.hours_ahead
        return None if ahead is None else -ahead

    @property
    def _manager_zone(self) -> str:
        return self.product_manager.time_zone if self.product_manager else ""

    @property
    def has_permission(self) -> bool:
        """Whether they allowed us to name them or to have them speak."""
        return (self.reference_ok or self.speaker_ok) and self.reference_permission_on is not None


class AccountTeam(models.Model):
    """A colleague assigned to an account."""

    account = models.ForeignKey(Account, models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "account"], name="account_team_once")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.account_id}"


class ExternalReference(models.Model):
    """What another system calls this record; several systems may each have their own name for it."""

    source = models.CharField(_("source"), max_length=60)
    kind = models.CharField(_("kind"), max_length=20)
    value = models.CharField(_("value"), max_length=200)
    account = models.ForeignKey(Account, models.CASCADE, related_name="external_references")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "kind", "value"], name="external_reference_once")]

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"
