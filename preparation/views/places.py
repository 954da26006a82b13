"""What other pages show of a preparation: a talk its state, an account its next talk and who has to read up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import Account
from pmcrm.people.access import needs
from pmcrm.web import Request, page
from preparation.models import Handover
from preparation.permissions import may_prepare
from preparation.services.sheets import completeness, next_talk, sheet_read_with, state_of, talks_to_prepare
from preparation.services.waiting import waiting_for

if TYPE_CHECKING:
    from pmcrm.people.models import User
    from touchpoints.models import Interaction


@require_safe
@needs("account.read")
def preparation_state(request: Request, pk: int) -> HttpResponse:
    """How well one talk is prepared."""
    talk = get_object_or_404(talks_to_prepare(request.user), pk=pk)
    return page(request, "preparation/preparation_state/page.html", state_context(request.user, talk))


def state_context(user: User, talk: Interaction) -> dict[str, Any]:
    """Of one talk, and what is asked once it was held: how much of an introduction we talked."""
    sheet = sheet_read_with(talk)
    state = state_of(sheet)
    is_mine = may_prepare(user, talk)
    is_met = not talk.is_planned and (state.is_first or sheet.is_introduction)
    return {
        "talk": talk,
        "sheet": sheet,
        "completeness": completeness(sheet, state),
        "is_first": state.is_first,
        "may_prepare": is_mine,
        "asks_share": is_mine and is_met and sheet.talk_share is None,
    }


@require_safe
@needs("account.read")
def account_preparation(request: Request, pk: int) -> HttpResponse:
    """The next talk planned with an account, and whether its new product manager has read up."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    talk = next_talk(request.user, account)
    context = {
        "account": account,
        "talk": talk,
        "completeness": completeness(sheet_read_with(talk)) if talk else None,
        "handover": Handover.objects.waiting_for(request.user).filter(account=account).first(),
    }
    return page(request, "preparation/account_preparation/page.html", context)


@require_safe
@needs("account.read")
def preparation_waiting(request: Request) -> HttpResponse:
    """On my day: talks to prepare, accounts to read up on, lines to agree to."""
    return page(request, "preparation/preparation_waiting/page.html", {"waiting": waiting_for(request.user)})
