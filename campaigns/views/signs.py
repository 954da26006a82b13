"""What calls found that asks somebody to look: on the account's page, and where its class is judged."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from campaigns.models import UsageSign
from campaigns.services.signs import may_settle, open_signs, settle_sign
from pmcrm.people.access import needs
from pmcrm.web import Request, page
from touchpoints.views.answers import done


@require_safe
@needs("account.read")
def account_usage_signs(request: Request, pk: int) -> HttpResponse:
    """The open signs of an account; nothing where there is none."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    context = {
        "account": account,
        "signs": [
            (one, finding, may_settle(request.user, one))
            for one, finding in open_signs(user=request.user, account=account)
        ],
        "path": request.path,
    }
    template = "campaigns/account_usage_signs/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_panel.html")


@require_POST
@needs("campaign.read")
def usage_sign_settle(request: Request, pk: int) -> HttpResponse:
    """Somebody looked."""
    sign = get_object_or_404(UsageSign.objects.visible_to(request.user).select_related("account"), pk=pk)
    settle_sign(actor=request.user, sign=sign)
    return done(request, _("Noted that somebody looked."), go_on=sign.account.get_absolute_url())
