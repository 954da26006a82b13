"""Account: who we serve, outside or inside the company."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts import cadence
from accounts.clock import LocalTime, distance_class, hours_ahead, local_time
from accounts.countries import country_name, place_words
from accounts.models.account_rows import AccountQuerySet
from accounts.models.account_team import AccountTeam
from accounts.models.choices import Distance, InternalMode, Kind, Party, SalesForm, Size, State, Tier, TrustStage
from pmcrm.lists.keys import OneOf
from pmcrm.lists.text import Fold, Normalise, Pieces
from pmcrm.people.models import check_time_zone
from pmcrm.trash.models import MARKS, Discardable, trash_index

if TYPE_CHECKING:
    from pmcrm.people.models import User


# Statement by statement: an import or its taking back touches accounts by the ten thousand.
@pghistory.track(
    pghistory.UpdateEvent("before", row=pghistory.Old),
    pghistory.DeleteEvent(),
    exclude=["sort_name", "normalised_name", "business_as_of", *MARKS],
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
    # The day on which somebody wrote it or said that it still holds; the database notes the first.
    business_as_of = models.DateField(_("their business as of"), null=True, blank=True, editable=False)
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
    # Changed by confirming a step only, see `touchpoints.services.needs`.
    trust_stage = models.CharField(
        _("trust"), max_length=10, choices=TrustStage, default=TrustStage.NEW, db_default="new", editable=False
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
            models.CheckConstraint(condition=models.Q(trust_stage__in=TrustStage.values), name="account_trust_stage"),
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
            # Inside voices that nobody in product looks after.
            models.Index(
                fields=["id"], condition=models.Q(kind="internal", product_manager=None), name="account_unkept"
            ),
            models.Index(fields=["sort_name", "id"], condition=models.Q(time_zone=""), name="account_without_zone"),
            GinIndex(OpClass(models.F("custom"), name="jsonb_path_ops"), name="account_custom"),
            models.Index(fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="account_merged"),
            trash_index("account"),
        ]
        triggers = [
            # What is known of their business has the day on which it was written, however it came in.
            pgtrigger.Trigger(
                name="account_business_as_of",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("business_summary"),  # type: ignore[no-untyped-call]  # untyped library
                func="""
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.business_summary <> '' AND NEW.business_as_of IS NULL THEN
                            NEW.business_as_of := current_date;
                        END IF;
                    ELSIF NEW.business_summary IS DISTINCT FROM OLD.business_summary
                        AND NEW.business_as_of IS NOT DISTINCT FROM OLD.business_as_of THEN
                        NEW.business_as_of := CASE WHEN NEW.business_summary <> '' THEN current_date END;
                    END IF;
                    RETURN NEW;
                """,
            ),
            # Lists sort by joining the figures, so each account has its row of them from its first moment on,
            # however it came in: by a form, in bulk or by COPY.
            pgtrigger.Trigger(
                name="account_has_figures",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_accounts"),  # type: ignore[no-untyped-call]  # untyped library
                func=f"""
                    INSERT INTO accounts_accountfigures (account_id, silent_from)
                    SELECT id, {cadence.silent_from("new_accounts", "NULL")} FROM new_accounts
                    ON CONFLICT (account_id) DO NOTHING;
                    RETURN NULL;
                """,  # noqa: S608  the numbers of our own rule
            ),
            # What an account is says how long we wait to hear from it.
            pgtrigger.Trigger(
                name="account_is_waited_for",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                referencing=pgtrigger.Referencing(old="old_accounts", new="new_accounts"),  # type: ignore[no-untyped-call]  # untyped library
                func=f"""
                    UPDATE accounts_accountfigures AS figures
                    SET silent_from = {cadence.silent_from("changed", "figures.last_two_way_at")}
                    FROM new_accounts AS changed JOIN old_accounts AS before ON before.id = changed.id
                    WHERE figures.account_id = changed.id
                        AND (changed.kind, changed.state, changed.tier, changed.created_at)
                            IS DISTINCT FROM (before.kind, before.state, before.tier, before.created_at);
                    RETURN NULL;
                """,  # noqa: S608  the numbers of our own rule
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def concerning(user: User) -> models.Q:
        """Accounts that are the person's own, assigned to them, or served by their department."""
        own = models.Q(relationship_owner=user) | models.Q(product_manager=user)
        keys: Any = AccountTeam.objects.filter(user=user).values("account")
        if user.department_id is not None:
            own |= models.Q(department=user.department_id)
            inside = Account.objects.filter(department=user.department_id)
            keys = keys.union(
                Account.serves.through.objects.filter(from_account__in=inside).values("to_account"), all=True
            )
        return own | models.Q(OneOf(models.F("pk"), ArraySubquery(keys)))

    @property
    def cadence(self) -> int:
        """After how many days of silence somebody should get in touch, by the one policy that holds for all."""
        return cadence.cadence_of(kind=self.kind, state=self.state, tier=self.tier)

    @staticmethod
    def concerns(user: User) -> models.Q:
        """The same as a condition on each account by itself."""
        this = models.OuterRef("pk")
        assigned = models.Q(models.Exists(AccountTeam.objects.filter(user=user, account=this)))
        found = models.Q(relationship_owner=user) | models.Q(product_manager=user) | assigned
        if user.department_id is None:
            return found
        served = Account.serves.through.objects.filter(from_account__department=user.department_id, to_account=this)
        return found | models.Q(department=user.department_id) | models.Q(models.Exists(served))

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
