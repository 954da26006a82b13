"""What the typeahead boxes offer: at most ten, the best first."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from accounts.models import Account, Contact, Tag
from accounts.models.account_rows import AccountQuerySet
from accounts.models.tag import LONGEST_TAG
from accounts.services.finding import found_accounts, found_contacts
from pmcrm.people.access import needs
from pmcrm.web import Request

MOST: Final = 10
SORTS: Final = {
    "partners": AccountQuerySet.able_to_build,
    "customers": AccountQuerySet.customers,
    "internal": AccountQuerySet.internal,
}


@needs("account.read")
def account_options(request: Request) -> JsonResponse:
    """Accounts by name or reference; `writable=1` keeps those that the person may change, `of=` one sort of them."""
    text = _asked(request)
    # What is found by a text is few; what stands first by name is found among all that the person sees.
    accounts = Account.objects.visible_to(request.user, singly=bool(text))
    if request.GET.get("writable"):
        accounts = accounts.writable_by(request.user)
    if narrow := SORTS.get(request.GET.get("of", "")):
        accounts = narrow(accounts)
    found = found_accounts(accounts, text, MOST, person=request.user)
    return JsonResponse({"results": [{"id": one.pk, "label": one.name, "sub": one.ref} for one in found]})


@needs("account.read")
def contact_options(request: Request) -> JsonResponse:
    """People by name, mail or phone; `account=ID` (several times) keeps those of these accounts."""
    text = _asked(request)
    contacts = Contact.objects.visible_to(request.user, singly=bool(text)).still_there().select_related("account")
    keys = [int(key) for key in request.GET.getlist("account") if key.isdecimal() and key.isascii() and len(key) < 19]
    if keys:
        contacts = contacts.filter(account__in=keys)
    found = found_contacts(contacts, text, MOST, person=request.user, at=keys)
    return JsonResponse(
        {
            "results": [
                {
                    "id": one.pk,
                    "label": one.name,
                    "sub": one.job_title if keys else ", ".join(filter(None, [one.job_title, one.account.name])),
                }
                for one in found
            ]
        }
    )


@needs("account.read")
def tag_options(request: Request) -> JsonResponse:
    """Tags whose name holds the text, each by its name; last the text itself, where there is no such tag yet.

    `known=1` leaves that last one out.
    """
    text = " ".join(_asked(request).replace(",", " ").replace(";", " ").split())[:LONGEST_TAG].strip()
    found = [tag.name for tag in Tag.objects.matching(text).in_order()[:MOST]]
    results = [{"id": name, "label": name, "sub": ""} for name in found]
    if text and not request.GET.get("known") and text.lower() not in map(str.lower, found):
        results.append({"id": text, "label": text, "sub": _("new tag")})
    return JsonResponse({"results": results})


def _asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:200]
