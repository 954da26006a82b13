"""Which accounts: by rights, by what they are, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.countries import all_names
from accounts.models.choices import Kind, Party
from pmcrm.lists.text import Fold, Normalise, digits_of, holds
from pmcrm.people.permissions import may
from pmcrm.trash.models import DiscardableQuerySet

if TYPE_CHECKING:
    from accounts.models.account import Account
    from pmcrm.people.models import User


# Of an account's owners its page shows the name and asks for the zone.
_NOT_ASKED_OF_OWNERS: Final = tuple(
    f"{owner}__{name}"
    for owner in ("relationship_owner", "product_manager")
    for name in ("password", "last_login", "email", "roles", "office", "department", "job_title", "language", "theme")
)

_TAG_PAIRS: Final = (
    "ARRAY(SELECT jsonb_build_object('id', tag.id, 'name', tag.name) FROM accounts_accounttag AS carried"
    " JOIN accounts_tag AS tag ON tag.id = carried.tag_id WHERE carried.account_id = accounts_account.id"
    " ORDER BY tag.folded, tag.id)"
)


class AccountQuerySet(DiscardableQuerySet["Account"]):
    def visible_to(self, user: User, *, singly: bool = False) -> Self:
        """Rows of the role table: most roles read all; sales owners and departments what is theirs or served.

        An account that went up in another or lies in the trash is out of sight for everybody. `singly` says that the
        rows are few and known by other means: each is looked at, instead of collecting all that the person sees.
        """
        return self.reachable_by(user, singly=singly).in_sight()

    def reachable_by(self, user: User, *, singly: bool = False) -> Self:
        """The same, with what went up in another and what lies in the trash."""
        if not may(user, "account.read"):
            return self.none()
        if may(user, "account.read_all"):
            return self
        return self.filter(self.model.concerns(user) if singly else self.model.concerning(user))

    def in_sight(self) -> Self:
        return self.filter(merged_into=None, deleted_at=None)

    def own_of(self, user: User, *, and_unkept: bool = False) -> Self:
        """The person's own accounts in product or in sales, all of which the person sees; with the internal ones that
        nobody in product looks after where asked."""
        if not may(user, "account.read"):
            return self.none()
        own = models.Q(product_manager=user) | models.Q(relationship_owner=user)
        if and_unkept:
            own |= models.Q(kind=Kind.INTERNAL, product_manager=None)
        return self.filter(own).in_sight()

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
        team = self.model._meta.apps.get_model("accounts", "AccountTeam").objects.filter(user=user).values("account")
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
        # As written SQL: to put the same question into words each time took longer than to answer it.
        pairs = RawSQL(_TAG_PAIRS, [], output_field=ArrayField(models.JSONField()))  # noqa: S611  nothing of a reader
        return self.annotate(tag_pairs=pairs)

    def _own_tags(self) -> Any:
        tags: Any = self.model._meta.get_field("tags").related_model
        return tags.objects.filter(taggings__account=models.OuterRef("pk")).order_by("folded", "pk")

    def for_page(self) -> Self:
        """With what the account's own page always shows at its head; what only some have is read where they have it."""
        rows = self.select_related("figures", "relationship_owner", "product_manager", "strategic_entry")
        return rows.defer(*_NOT_ASKED_OF_OWNERS).with_tags()

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

    def called_nearly(self, name: str) -> Self:
        """Accounts of the same name, or of one that begins with it, accents and case aside."""
        begins = models.Q(sort_name__startswith=Fold(models.Value(name)))
        return self.filter(begins | models.Q(normalised_name=Normalise(models.Value(name)))).order_by("sort_name", "id")
