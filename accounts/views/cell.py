"""One value of one account, changed where the list shows it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import AccountFilters
from accounts.forms.tags import split, written
from accounts.listing.editing import OWNER_FIELDS, editable_keys
from accounts.models import Account
from accounts.models.choices import State
from accounts.models.custom import FieldType
from accounts.permissions import may_edit
from accounts.services.accounts import edit_account
from accounts.services.bulk import MOST_PEOPLE, people_for
from accounts.services.tags import tags_of
from accounts.views.forms import UNPROCESSABLE
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.lists.columns import read_by
from pmcrm.lists.saved_views import address_of_list
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, wants_fragment

if TYPE_CHECKING:
    from accounts.models import CustomField
    from pmcrm.people.models import User


@dataclass
class Value:
    """A field of an account as its editor has it. `text` is what the form carries."""

    field: str
    options: list[tuple[str, str]]  # empty where it is written, as tags are
    own: CustomField | None = None

    @classmethod
    def of(cls, key: str, own: CustomField | None) -> Value:
        if own is not None:
            words = [(word, word) for word in own.choices] or [("yes", _("yes")), ("no", _("no"))]
            return cls("custom", [("", "–"), *words], own)
        if key in OWNER_FIELDS:
            people = [(str(one.pk), one.name) for one in people_for(OWNER_FIELDS[key])[:MOST_PEOPLE]]
            return cls(OWNER_FIELDS[key], [("", _("nobody")), *people])
        return cls(key, [(str(value), str(label)) for value, label in State.choices] if key == "state" else [])

    def text(self, values: Any) -> str:
        """The value out of an account's values, by the names of its fields."""
        value = values[self.field]
        if self.field == "tags":
            return written([str(one) for one in value])
        if self.own is not None:
            return self.own.plain(value.get(self.own.key))
        return str(getattr(value, "pk", value) or "")

    def words(self, text: str) -> str:
        if self.field == "tags" or not text:
            return text or _("empty")
        return dict(self.options).get(text, text)

    def typed(self, text: str) -> Any:
        """What the service takes. Raises RuleViolation for what is not on offer."""
        if self.field == "tags":
            return split(text)
        if text not in dict(self.options):
            raise RuleViolation(_("Choose one of those on offer."))
        if self.own is not None:
            return {self.own.key: text or None}
        if self.field in OWNER_FIELDS.values():
            return people_for(self.field).get(pk=text) if text else None
        return text


@needs("account.write")
@require_http_methods(["GET", "POST"])
def account_cell(request: Request, pk: int, field: str) -> HttpResponse:
    """The editor of one cell; sent, the cell with its new value. `show=1` gives the cell back as it is."""
    account = get_object_or_404(
        Account.objects.visible_to(request.user).select_related("relationship_owner", "product_manager"), pk=pk
    )
    filters = AccountFilters({}, person=request.user)
    if field not in editable_keys(request.user, filters.own_fields):
        raise PermissionDenied if field in OWNER_FIELDS else Http404
    if not may_edit(request.user, account):
        raise PermissionDenied
    own = next((one for one in filters.own_fields if one.form_name == field and one.type != FieldType.TEXT), None)
    value = Value.of(field, own)
    if request.GET.get("show"):
        return _shown(request, filters, pk, field)
    now = value.text(_values(account))
    asked, version, complaint = now, account.version, ""
    if request.method == "POST":
        asked = (
            ", ".join(filter(None, request.POST.getlist("value"))) if field == "tags" else request.POST.get("value", "")
        )
        try:
            saved = _save(request.user, account, value, asked, request.POST)
        except StaleVersion as refusal:
            newer: Any = refusal.current["version"]
            now, version = value.text(refusal.current), newer
            words = {"theirs": value.words(now), "mine": value.words(asked)}
            complaint = _("Somebody saved “%(theirs)s” meanwhile, you chose “%(mine)s”. Save again for yours.") % words
        except RuleViolation as refusal:
            complaint = refusal.sentence
        else:
            if not wants_fragment(request):
                return go_to(request, address_of_list("accounts", edit=True))
            answer = _shown(request, filters, pk, field)
            told: dict[str, Any] = {"toast": _("Saved."), "row:saved": {"pk": pk, "version": saved.version}}
            answer["HX-Trigger"] = json.dumps(told)
            return answer
    column = _column(filters, field)
    context = {
        "account": account,
        "label": _("%(field)s of %(name)s") % {"field": column.label, "name": account.name},
        "options": value.options,
        "asked": asked,
        "seen": now,
        "version": version,
        "complaint": complaint,
        "chosen": [{"id": name, "label": name} for name in split(asked)] if field == "tags" else [],
        "action": reverse("account_cell", args=[pk, field]),
        "back": address_of_list("accounts", edit=True),
        "in_place": wants_fragment(request),
    }
    status = UNPROCESSABLE if complaint else 200
    return page(
        request,
        "accounts/account_cell/page.html",
        context,
        fragment="accounts/account_cell/_editor.html",
        status=status,
    )


def _values(account: Account) -> dict[str, Any]:
    return {
        "state": account.state,
        "relationship_owner": account.relationship_owner,
        "product_manager": account.product_manager,
        "tags": tags_of(account),
        "custom": account.custom,
    }


def _save(user: User, account: Account, value: Value, asked: str, form: Any) -> Account:
    """Save over the version that was read. Where somebody changed other fields since, this one still goes in."""
    typed = value.typed(asked)
    text = form.get("version", "")
    version = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    try:
        return edit_account(actor=user, account=account, version=version, **{value.field: typed})
    except StaleVersion as refusal:
        if value.text(refusal.current) != form.get("seen"):
            raise
        newer: Any = refusal.current["version"]
        return edit_account(actor=user, account=account, version=newer, **{value.field: typed})


def _column(filters: AccountFilters, field: str) -> Any:
    return next(column for column in filters.columns_on_offer if column.key == field)


def _shown(request: Request, filters: AccountFilters, pk: int, field: str) -> HttpResponse:
    """The cell as the list shows it. Where the account went out of sight by the change, the value stands alone."""
    column = filters.opened([_column(filters, field)])[0]
    row = filters.read(Account.objects.filter(pk=pk), read_by([column], "pk")).get()
    return HttpResponse(column.prepare(request.user)(row))
