"""A campaign as somebody sets it up."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Product
from campaigns.models import TIERS, Block, Campaign, Goes, Order, Question

ORDERS: Final = (
    (Order.OPENING.value, _("East to west, as the day begins")),
    (Order.CLOSING.value, _("Whose day ends first")),
    (Order.TIER.value, _("Highest tier first")),
)


class CampaignForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.all())
    goal = forms.CharField(
        label=_("What do we want to know afterwards?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    wanted = forms.IntegerField(label=_("Wanted conversations"), min_value=1, max_value=100_000, initial=30)
    wanted_a = forms.IntegerField(label=_("of tier A"), min_value=0, required=False)
    wanted_b = forms.IntegerField(label=_("of tier B"), min_value=0, required=False)
    wanted_c = forms.IntegerField(label=_("of tier C"), min_value=0, required=False)
    daily_goal = forms.IntegerField(label=_("Tries a day for each caller"), min_value=0, max_value=500, required=False)
    order = forms.ChoiceField(label=_("Who comes first"), choices=ORDERS)
    audience = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    one_a_customer = forms.BooleanField(label=_("One person of each customer"), required=False, initial=True)
    sample_size = forms.IntegerField(
        label=_("A random sample of"), min_value=1, required=False, help_text=_("Left empty, all of them.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_fixed:
            for name in ("product", "one_a_customer", "sample_size"):
                self.fields[name].disabled = True

    def values(self) -> dict[str, Any]:
        """As the services take them."""
        data = dict(self.cleaned_data)
        data.pop("version")
        tiers = {tier: data.pop(f"wanted_{tier.lower()}") for tier in TIERS}
        return data | {
            "wanted_by_tier": {tier: number for tier, number in tiers.items() if number},
            "daily_goal": data["daily_goal"] or 0,
        }


def initial_of(campaign: Campaign) -> dict[str, Any]:
    names = ("name", "product", "goal", "wanted", "daily_goal", "order", "audience", "one_a_customer", "sample_size")
    tiers = {f"wanted_{tier.lower()}": campaign.wanted_by_tier.get(tier) for tier in TIERS}
    return {name: getattr(campaign, name) for name in (*names, "version")} | tiers


class AnswerForm(forms.Form):
    """What the campaign taught, in the words of who ran it."""

    answer = forms.CharField(
        label=_("What did we learn?"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class QuestionForm(forms.Form):
    block = forms.ChoiceField(label=_("Block"), choices=Block.choices)
    text = forms.CharField(label=_("Question"), max_length=300)
    goes = forms.ChoiceField(label=_("Where the answer goes"), choices=Goes.choices, required=False)
    position = forms.IntegerField(label=_("Position in its block"), min_value=1, max_value=99, required=False)
    number = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, question: Question | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if question is not None:
            del self.fields["block"]
            self.fields["position"].required = self.fields["number"].required = True


class CallerGoalForm(forms.Form):
    conversations_a_week = forms.IntegerField(label=_("Conversations a week"), min_value=0, max_value=200)
    is_guided = forms.BooleanField(label=_("Tips while calling"), required=False)
