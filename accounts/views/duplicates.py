"""Which records are there twice? The list of pairs, its decisions, and what is said while somebody types."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from phonenumber_field.phonenumber import to_python

from accounts.countries import CODES
from accounts.models import Account, AccountMerge, AccountPair, Contact, ContactMerge, ContactPair
from accounts.permissions import may_edit
from accounts.services.duplicates import (
    Notice,
    dismiss_pair,
    likely_accounts,
    likely_contacts,
    may_settle,
    newest_search,
    reopen_pair,
    request_search,
)
from accounts.services.matching import typed_account, typed_contact
from accounts.services.merging import may_merge
from accounts.tasks import search_duplicates
from accounts.wording import certainty, parts_in_words
from pmcrm.lists.keyset import LAST, BadCursor, capped_count, keyset_page
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, go_to, page

PAGE_SIZE: Final = 25
OPEN, DISMISSED, MERGED = "open", "dismissed", "merged"
PAIRS: Final[dict[str, Any]] = {"accounts": AccountPair, "contacts": ContactPair}
MERGES: Final[dict[str, Any]] = {"accounts": AccountMerge, "contacts": ContactMerge}


@needs("duplicate.read")
def duplicate_list(request: Request) -> HttpResponse:
    """Pairs to decide, most certain first; those said to be two; and the merges that can still be undone."""
    of = request.GET.get("of", "accounts")
    state = request.GET.get("state", OPEN)
    if of not in PAIRS or state not in {OPEN, DISMISSED, MERGED}:
        raise Http404
    rows, order, shown = _listed(request, of, state)
    try:
        found = keyset_page(rows, order=order, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except BadCursor:
        found = keyset_page(rows, order=order, cursor=None, size=PAGE_SIZE)
    count, is_more = capped_count(rows)
    address = _Address(of=of, state=state)
    context = {
        "of": of,
        "state": state,
        "rows": [shown(request, row) for row in found.rows],
        "count": count,
        "is_more": is_more,
        "kinds": [
            {"label": label, "url": address.to(of=slug), "on": slug == of}
            for slug, label in (("accounts", _("Accounts")), ("contacts", _("People")))
        ],
        "states": [
            {"label": label, "url": address.to(state=slug), "on": slug == state}
            for slug, label in ((OPEN, _("To decide")), (DISMISSED, _("Not the same")), (MERGED, _("Merged")))
        ],
        "search": newest_search(),
        "may_search": may(request.user, "duplicate.search"),
        "first_url": address.to() if found.previous_cursor else "",
        "previous_url": address.to(cursor=found.previous_cursor) if found.previous_cursor else "",
        "next_url": address.to(cursor=found.next_cursor) if found.next_cursor else "",
        "last_url": address.to(cursor=LAST) if found.next_cursor else "",
        "here": request.get_full_path(),
    }
    return page(request, "accounts/duplicate_list/page.html", context, fragment="accounts/duplicate_list/_list.html")


def _listed(request: Request, of: str, state: str) -> tuple[Any, list[str], Any]:
    if state == MERGED:
        merges = MERGES[of].objects.visible_to(request.user).undoable()
        return merges.select_related("winner", "loser", "merged_by"), ["-merged_at", "-id"], _merge_shown
    pairs = PAIRS[of].objects.visible_to(request.user)
    pairs = pairs.to_decide() if state == OPEN else pairs.dismissed()
    related = ["left", "right", "settled_by"] + (["left__account", "right__account"] if of == "contacts" else [])
    return pairs.select_related(*related), ["-score", "-id"], _pair_shown


def _pair_shown(request: Request, pair: Any) -> dict[str, Any]:
    return {
        "pair": pair,
        "certainty": certainty(float(pair.score)),
        "parts": parts_in_words(pair.parts),
        "may_merge": may_merge(request.user, pair.left, pair.right),
        "may_settle": may_settle(request.user, pair),
        "merge_url": reverse(f"{_word(pair.left)}_merge", args=[pair.left_id, pair.right_id]),
    }


def _merge_shown(request: Request, made: Any) -> dict[str, Any]:
    return {"merge": made, "may_undo": may_merge(request.user, made.winner, made.loser)}


def _word(thing: Account | Contact) -> str:
    return "account" if isinstance(thing, Account) else "contact"


class _Address:
    """The addresses of the list: each holds its whole state."""

    def __init__(self, **asked: str) -> None:
        self.asked = asked

    def to(self, **changed: Any) -> str:
        values = {name: value for name, value in {**self.asked, **changed}.items() if value}
        return f"{reverse('duplicate_list')}?{urlencode(values)}"


@needs("duplicate.search")
@require_POST
def duplicate_search(request: Request) -> HttpResponse:
    """Start a search, or go to the one that is under way."""
    found, is_new = request_search(actor=request.user)
    if is_new:
        search_duplicates.delay_on_commit(found.pk)  # type: ignore[attr-defined]  # DjangoTask has it
    return go_to(request, reverse("duplicate_list"))


@needs("duplicate.read")
@require_POST
def duplicate_dismiss(request: Request, of: str, pk: int) -> HttpResponse:
    pair = _pair(request, of, pk)
    dismiss_pair(actor=request.user, pair=pair)
    messages.success(request, _("%(one)s and %(other)s stay two.") % {"one": pair.left, "other": pair.right})
    return go_to(request, _back(request, of))


@needs("duplicate.read")
@require_POST
def duplicate_reopen(request: Request, of: str, pk: int) -> HttpResponse:
    reopen_pair(actor=request.user, pair=_pair(request, of, pk))
    return go_to(request, _back(request, of))


def _pair(request: Request, of: str, pk: int) -> Any:
    if of not in PAIRS:
        raise Http404
    return get_object_or_404(PAIRS[of].objects.visible_to(request.user).select_related("left", "right"), pk=pk)


def _back(request: Request, of: str) -> str:
    """The page of the list that was looked at; only ever an address of the list itself."""
    _path, _question, query = request.POST.get("back", "").partition("?")
    return f"{reverse('duplicate_list')}?{urlencode(parse_qsl(query)) or urlencode({'of': of})}"


# While somebody types -----------------------------------------------------------------------------------------------


@needs("account.create")
def account_duplicates(request: Request) -> HttpResponse:
    """Accounts that may be the one being typed."""
    values = {name: _typed(request, name) for name in ("name", "kind", "street", "postcode", "city", "country")}
    values["website"] = _typed(request, "website")
    values["phone"] = _number(_typed(request, "phone"), values["country"])
    return _notice(request, likely_accounts(actor=request.user, typed=typed_account(values)))


@needs("account.write")
def contact_duplicates(request: Request, pk: int) -> HttpResponse:
    """People who may be the one being typed at the account `pk`."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    if not may_edit(request.user, account):
        raise PermissionDenied
    values = {name: _typed(request, name) for name in ("name", "email")}
    values["phone"] = _number(_typed(request, "phone"), account.country)
    return _notice(request, likely_contacts(actor=request.user, typed=typed_contact(values, account)))


def _notice(request: Request, notice: Notice) -> HttpResponse:
    likely = [
        {
            "record": one.record,
            "certainty": certainty(one.score),
            "parts": parts_in_words([part._asdict() for part in one.parts]),
        }
        for one in notice.likely
    ]
    context = {"likely": likely, "is_one_hidden": notice.is_one_hidden}
    return page(request, "accounts/duplicate_list/_notice.html", context)


def _typed(request: Request, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "").strip()[:300]


def _number(text: str, country: str) -> str:
    number = to_python(text, region=country if country in CODES else None) if text else None
    return str(number) if number is not None and number.is_valid() else ""
