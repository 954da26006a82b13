"""Making, changing and removing accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.models.choices import Kind
from accounts.models.custom import Thing
from accounts.permissions import check_may_edit
from accounts.services.custom_fields import checked_values, named_values, with_values
from accounts.services.inside import check_kind_change
from accounts.services.matching import ACCOUNT, write_keys
from accounts.services.tags import in_words, put_tags, tags_called, tags_of
from pmcrm.errors import RuleViolation, StaleVersion, constraints_in_words
from pmcrm.people.permissions import may
from pmcrm.trail.services import changes, record

if TYPE_CHECKING:
    from pmcrm.people.models import User

# What is known of a company, whoever owns it and however it is sorted; form and API offer the same.
FACTS: Final = (
    "industry",
    "segment",
    "size",
    "country",
    "region",
    "street",
    "postcode",
    "city",
    "time_zone",
    "phone",
    "website",
    "business_summary",
    "business_model",
    "incumbent_competitor",
    "first_heard_on",
    "first_heard_source",
    "first_impression",
    "sales_form",
    "distance_class",
    "se_owner",
    "reference_ok",
    "speaker_ok",
    "reference_permission_on",
)
EDITABLE: Final = (
    "ref",
    "name",
    "kind",
    "party",
    "state",
    *FACTS,
    "relationship_owner",
    "product_manager",
    "department",
    "internal_mode",
    "parent",
    "custom",
)
# Who owns an account decides who sees it, so naming an owner is a right of its own.
OWNERS: Final = frozenset({"relationship_owner", "product_manager"})


@transaction.atomic
def create_account(*, actor: User, **values: Any) -> Account:
    """A new account. Without a reference it gets one; who may not name owners becomes what his role makes him."""
    if not may(actor, "account.create"):
        raise RuleViolation(_("Your role does not add accounts."))
    names = values.pop("tags", ())
    _check_known(values)
    if not may(actor, "account.set_owner"):
        for field in sorted(OWNERS & values.keys()):
            if values[field] not in (None, actor):
                raise _not_your_owner(field)
            values.pop(field)
        is_sales = not may(actor, "curve.read") and values.get("kind") != Kind.INTERNAL
        values["relationship_owner" if is_sales else "product_manager"] = actor
    custom = checked_values(Thing.ACCOUNT, values.pop("custom", {}))
    account = Account(**values, custom=with_values({}, custom))
    if not account.ref.strip():
        account.pk, account.ref = _next_reference()
    check_account(account)
    with constraints_in_words(account):
        account.save(force_insert=True)
    put_tags(account, tags_called(actor=actor, names=names))
    write_keys(ACCOUNT, [account.pk])
    record(actor=actor, verb="account.created", subject=account, account_id=account.pk)
    return account


@transaction.atomic
def edit_account(
    *, actor: User, account: Account, version: int, verb: str = "account.edited", **values: Any
) -> Account:
    """Change an account; `verb` is what the trail calls it.

    Refuses with both versions at hand where somebody saved since `version` was read.

    `tags` are the names that it shall carry; new ones are made.
    """
    names = values.pop("tags", None)
    _check_known(values)
    current = Account.objects.select_for_update().get(pk=account.pk)
    check_may_edit(actor, current)
    if current.is_discarded:
        raise RuleViolation(_("Somebody put this account in the trash. Restore it first."), code="in_trash")
    if current.version != version:
        raise StaleVersion(
            _("Somebody saved this account while you were editing. Nothing was overwritten."),
            current={name: getattr(current, name) for name in EDITABLE}
            | {"tags": [tag.name for tag in tags_of(current)], "version": current.version},
        )
    custom = checked_values(Thing.ACCOUNT, values.pop("custom", {}))
    before = _plain(current, values) | named_values(current.custom, custom)
    current.custom = with_values(current.custom, custom)
    for name, value in values.items():
        setattr(current, name, value)
    after = _plain(current, values) | named_values(current.custom, custom)
    if names is not None:
        tags = tags_called(actor=actor, names=names)
        before["tags"], after["tags"] = in_words(tags_of(current)), in_words(tags)
    changed = changes(before, after)
    if not changed:
        return current
    if not may(actor, "account.set_owner"):
        for field in sorted(OWNERS & changed.keys()):
            raise _not_your_owner(field)
    if "kind" in changed:
        check_kind_change(current, current.kind)
    check_account(current)
    current.version += 1
    with constraints_in_words(current):
        current.save()
    if "tags" in changed:
        put_tags(current, tags)
    write_keys(ACCOUNT, [current.pk])
    record(actor=actor, verb=verb, subject=current, account_id=current.pk, changes=changed)
    return current


def _check_known(values: Mapping[str, Any]) -> None:
    if unknown := values.keys() - set(EDITABLE):
        raise LookupError(f"an account has no editable {sorted(unknown)}")


def check_account(account: Account) -> None:
    """Whatever its fields and other accounts refuse, in words; constraints speak when it is saved."""
    if account.kind == Kind.INTERNAL and account.relationship_owner_id is not None:
        sentence = _("An internal account has no owner in sales.")
        raise RuleViolation(sentence, fields={"relationship_owner": sentence})
    if Account.objects.discarded().filter(ref=account.ref).exclude(pk=account.pk).exists():
        sentence = _("An account with this reference is in the trash. Restore it, or choose another reference.")
        raise RuleViolation(sentence, code="in_trash", fields={"ref": sentence})
    try:
        account.full_clean(exclude=["tier", "tier_score"], validate_constraints=False)
    except ValidationError as error:
        fields = {name: str(sentences[0]) for name, sentences in error.message_dict.items() if name != "__all__"}
        raise RuleViolation(next(iter(error.messages)), code="invalid", fields=fields) from error


def _not_your_owner(field: str) -> RuleViolation:
    sentence = _("Only a product lead or the sales VP names who owns an account.")
    return RuleViolation(sentence, code="may_not_set_owner", fields={field: sentence})


def _plain(account: Account, names: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the trail keeps them: people and other records by their name."""
    found = {name: getattr(account, name) for name in names}
    return {
        name: str(value) if isinstance(value, models.Model) or name == "phone" else value
        for name, value in found.items()
    }


def _next_reference() -> tuple[int, str]:
    """The next key of the table and a reference made of it that nothing else has."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('accounts_account', 'id'))")
            key: int = cursor.fetchone()[0]
            if not Account.objects.filter(ref=f"A-{key}").exists():
                return key, f"A-{key}"
