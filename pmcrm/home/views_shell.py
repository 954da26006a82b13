"""What belongs to the shell itself: a person's appearance, and the page that shows every component in development."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from pmcrm.people.models import Theme, User
from pmcrm.web import page, wants_fragment
from segmentation.chart import Chart, whale_curve


class AppearanceForm(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices)


@require_POST
def appearance_set(request: HttpRequest) -> HttpResponse:
    """Keep the person's choice of light, dark or as the system does."""
    form = AppearanceForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    User.objects.filter(pk=request.user.pk).update(theme=form.cleaned_data["theme"])
    if wants_fragment(request):
        return HttpResponse(status=204)
    return HttpResponse(status=303, headers={"Location": "/"})


class SampleForm(forms.Form):
    """One field of each kind, to look at."""

    account = forms.CharField(label="Account", help_text="As it is written on the invoice.")
    reference = forms.CharField(label="Reference", required=False)
    email = forms.EmailField(label="E-mail")
    due = forms.DateField(label="Due", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    outcome = forms.ChoiceField(label="Outcome", choices=[("talked", "Talked"), ("declined", "Declined")])
    weight = forms.ChoiceField(
        label="How sure are you?", choices=[("sure", "Sure"), ("unsure", "Unsure")], widget=forms.RadioSelect
    )
    notes = forms.CharField(label="Notes", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    tell = forms.BooleanField(label="Tell the owner", help_text="By mail, once a day.", required=False)


SAMPLE_TAIL = (
    (402, "Arden Freight", "AF-1042 · Corporate", 5690, -6626, "candidate", False),
    (401, "Birch & Vale", "BV-0871 · Corporate", 9351, -4109, "review", False),
    (400, "Corso Foods", "CF-0332 · Consumer", 3931, -3584, "review", True),
    (399, "Delta Works", "DW-0218 · Home office", 3233, -3334, "watch", False),
    (398, "Elm Street Labs", "ES-0119 · Corporate", 3248, -2798, "watch", False),
)


def sample_curve() -> Chart | None:
    """A curve of the published form over 402 invented accounts: two thirds earn, a few lose much."""
    earned = [Decimal(9000) / (rank + 6) for rank in range(330)]
    lost = [-(Decimal(rank**6) / 300_000_000) for rank in range(72)]
    points, sum_so_far = [], Decimal(0)
    for rank, amount in enumerate(earned + lost, start=1):
        sum_so_far += amount
        points.append((rank, sum_so_far))
    return whale_curve(points, accounts=402, total=sum_so_far, peak=sum(earned, Decimal(0)), peak_at=330)


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in its states, and the blocks of the main pages, with invented figures."""
    if not settings.DEVELOPMENT:
        raise Http404
    refused = SampleForm({"account": "", "email": "not an address", "outcome": "talked"})
    context: dict[str, Any] = {
        "curve": sample_curve(),
        "negative_curve": whale_curve(
            [(1, Decimal(40)), (2, Decimal(55)), (3, Decimal(20)), (4, Decimal(-90))],
            accounts=4,
            total=Decimal(-90),
            peak=Decimal(55),
            peak_at=2,
        ),
        "tail": SAMPLE_TAIL,
        "form": SampleForm(),
        "refused": refused,
        "levels": ["none", "watch", "review", "candidate"],
        "states": ["draft", "running", "done", "needs_answers", "partial", "failed", "approved", "rejected"],
        "now": timezone.now(),
        "earlier": timezone.now() - timedelta(hours=4),
        "day": date(2026, 11, 4),
        "instant": datetime(2026, 11, 4, 10, 5, tzinfo=timezone.get_current_timezone()),
        "chosen": [{"id": 1, "label": "Kari Lund"}, {"id": 2, "label": "Jonas Vik"}],
        "outcomes": [
            "Talked",
            "Declined",
            "Call back",
            "No answer",
            "Voicemail",
            "Wrong number",
            "Left",
            "Busy",
            "Not now",
        ],
    }
    return page(request, "home/styleguide/page.html", context)
