"""Call campaigns in the API: the same services and the same visible rows as the pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Visible
from accounts.models import Product
from campaigns.models import Attempt, Campaign, CampaignState, LeftOut, Order, Target, TargetState
from campaigns.services import campaigns as verbs
from campaigns.services.attempts import Dial, Heard, Learned, save_attempt, undo_attempt
from campaigns.services.claims import claim, claim_next, release
from campaigns.services.questions import latest_keys
from campaigns.services.queue import when
from campaigns.services.report import funnel_of
from campaigns.tasks import gather_targets
from pmcrm.api.serializers import InstantField, ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter
from touchpoints.models import LearningTag, Outcome, UsageMode


class CampaignSerializer(ModelSerializer):
    product = serializers.PrimaryKeyRelatedField(queryset=Product.objects.all())
    goal = serializers.CharField(max_length=1000, help_text="What is to be known afterwards. Required.")
    order = serializers.ChoiceField(choices=Order.choices, required=False)
    audience = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        help_text="The query of the list of contacts, for example filter=country:any:NO. Empty: the product's present"
        " customers.",
    )
    wanted_by_tier = serializers.DictField(
        child=serializers.IntegerField(min_value=0), required=False, help_text='For example {"A": 5}.'
    )
    answer = serializers.CharField(max_length=4000, required=False, allow_blank=True)

    class Meta:
        model = Campaign
        fields = [
            "id",
            "name",
            "product",
            "goal",
            "answer",
            "owner",
            "state",
            "wanted",
            "wanted_by_tier",
            "daily_goal",
            "audience",
            "one_a_customer",
            "sample_size",
            "order",
            "announced_at",
            "started_at",
            "done_at",
            "created_at",
            "version",
        ]
        read_only_fields = ["id", "owner", "state", "announced_at", "started_at", "done_at", "created_at", "version"]


class Campaigns(Collection):
    """Rounds of listening calls. A new one is a draft; `gather` finds whom to call."""

    serializer_class = CampaignSerializer
    queryset = Campaign.objects.none()
    orderings = {"id": "id"}
    default_ordering = "-id"
    filters = {"state": Filter(forms.ChoiceField(choices=CampaignState.choices))}
    rights = {
        "list": "campaign.read",
        "retrieve": "campaign.read",
        "funnel": "campaign.read",
        "create": "campaign.write",
        "partial_update": "campaign.write",
        "gather": "campaign.write",
        "announce": "campaign.write",
        "start": "campaign.write",
        "end": "campaign.write",
        "reopen": "campaign.write",
        "claim": "campaign.dial",
    }

    def get_queryset(self) -> Any:
        return Campaign.objects.visible_to(self.person).select_related("product", "owner")

    def create(self, request: Request) -> Response:
        return self.created(verbs.create_campaign(actor=self.person, **self.checked()))

    def partial_update(self, request: Request, pk: int) -> Response:
        found = self.get_object()
        values = self.checked(partial=True)
        version = self.expected_version()
        return self.answer(verbs.edit_campaign(actor=self.person, campaign=found, version=version, **values))

    @action(detail=True, methods=["post"])
    def gather(self, request: Request, pk: int) -> Response:
        """Find whom to call, by a worker; the targets appear as they are found."""
        job = verbs.request_gathering(actor=self.person, campaign=self.get_object())
        gather_targets.delay_on_commit(job.pk)  # type: ignore[attr-defined]  # DjangoTask has it
        return Response({"state": job.state, "done": job.done_units, "of": job.all_units}, status=202)

    @action(detail=True, methods=["post"])
    def announce(self, request: Request, pk: int) -> Response:
        """Show it to the relationship owners, who may comment or hold an account."""
        found = self.get_object()
        verbs.announce_campaign(actor=self.person, campaign=found)
        found.refresh_from_db()
        return self.answer(found)

    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: int) -> Response:
        """Calling begins."""
        return self.answer(verbs.start_campaign(actor=self.person, campaign=self.get_object()))

    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: int) -> Response:
        """Calling ends; what was found stays."""
        return self.answer(verbs.end_campaign(actor=self.person, campaign=self.get_object()))

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        """Go on calling."""
        return self.answer(verbs.reopen_campaign(actor=self.person, campaign=self.get_object()))

    @action(detail=True, methods=["get"])
    def funnel(self, request: Request, pk: int) -> Response:
        """Unique customers by their best outcome, with rates, 95 percent intervals and their bases."""
        found = funnel_of(self.get_object())
        rates = {
            name: {
                "part": one.part,
                "whole": one.whole,
                "base": one.base,
                "value": one.value,
                "low": one.low,
                "high": one.high,
            }
            for name, one in found.rates().items()
        }
        counts = ("base", "attempted", "reached", "declined", "undetermined", "talked")
        return Response({name: getattr(found, name) for name in counts} | {"rates": rates})

    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: int) -> Response:
        """The next target who can be called now, held for a quarter of an hour; 204 where there is none."""
        found = claim_next(actor=self.person, campaign=self.get_object())
        if found is None:
            return Response(status=204)
        return Response(TargetSerializer(found, context=self.get_serializer_context()).data)


class TargetSerializer(ModelSerializer):
    callable_now = serializers.SerializerMethodField()
    next_opening = serializers.SerializerMethodField(help_text="Null where the zone is not known.")

    class Meta:
        model = Target
        fields = [
            "id",
            "campaign",
            "contact",
            "account",
            "state",
            "left_out",
            "reason",
            "reached",
            "last_outcome",
            "attempts",
            "last_attempt_at",
            "not_before",
            "is_agreed",
            "claimed_by",
            "claimed_until",
            "callable_now",
            "next_opening",
        ]
        read_only_fields = fields

    def get_callable_now(self, target: Target) -> bool:
        return when(target, timezone.now()).is_now

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next_opening(self, target: Target) -> str | None:
        at = when(target, timezone.now()).next_at
        return at.isoformat() if at else None


class Targets(Collection):
    """Whom a campaign calls, and what became of each."""

    serializer_class = TargetSerializer
    queryset = Target.objects.none()
    orderings = {"id": "id"}
    filters = {
        "campaign": Filter(forms.IntegerField(min_value=1)),
        "state": Filter(forms.ChoiceField(choices=TargetState.choices)),
        "left_out": Filter(forms.ChoiceField(choices=LeftOut.choices)),
    }
    rights = {
        "list": "campaign.read",
        "retrieve": "campaign.read",
        "claim": "campaign.dial",
        "release": "campaign.dial",
    }

    def get_queryset(self) -> Any:
        return Target.objects.visible_to(self.person).with_person()

    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: int) -> Response:
        """Have this one for a quarter of an hour."""
        return self.answer(claim(actor=self.person, target=self.get_object()))

    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: int) -> Response:
        """Give back what the caller has in this campaign."""
        found = self.get_object()
        release(actor=self.person, campaign=found.campaign)
        found.refresh_from_db()
        return self.answer(found)


class LearnedSerializer(Serializer):
    text = serializers.CharField(max_length=2000)
    tags = serializers.ListField(child=serializers.ChoiceField(choices=LearningTag.choices), required=False)
    is_surprise = serializers.BooleanField(required=False)


class AnswersField(serializers.DictField):
    """By the key of the question. Of a private talk only its caller reads them."""

    child = serializers.CharField(max_length=4000)

    def get_attribute(self, instance: Any) -> Any:
        reader = self.context["request"].user
        if instance.interaction.is_private and instance.caller_id != reader.pk:
            return {}
        return {one.question.slug: one.text for one in instance.answers.all()}


class AttemptSerializer(ModelSerializer):
    target = Visible(queryset=Target.objects.all())
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    minutes = serializers.IntegerField(min_value=0, max_value=480, required=False, write_only=True)
    notes = serializers.CharField(max_length=50_000, required=False, write_only=True, allow_blank=True)
    call_back_at = InstantField(required=False, write_only=True)
    do_not_call = serializers.BooleanField(required=False, write_only=True)
    do_not_call_until = serializers.DateField(required=False, allow_null=True, write_only=True)
    override_reason = serializers.CharField(max_length=300, required=False, write_only=True)
    use_mode = serializers.ChoiceField(choices=UsageMode.choices, required=False, write_only=True)
    quote = serializers.CharField(max_length=2000, required=False, write_only=True)
    answers = AnswersField(
        required=False,
        help_text="By the key of the question, in its latest wording. An unknown key is refused.",
    )
    learned = LearnedSerializer(many=True, required=False, write_only=True)
    bypass_reason = serializers.CharField(max_length=200, required=False, write_only=True)
    has_nothing_new = serializers.BooleanField(required=False)

    class Meta:
        model = Attempt
        fields = [
            "id",
            "target",
            "interaction",
            "caller",
            "number",
            "outcome",
            "at",
            "reason",
            "minutes",
            "notes",
            "call_back_at",
            "do_not_call",
            "do_not_call_until",
            "override_reason",
            "use_mode",
            "quote",
            "answers",
            "learned",
            "bypass_reason",
            "has_nothing_new",
        ]
        read_only_fields = ["id", "interaction", "caller", "number", "at"]


class Attempts(Collection):
    """Dials. A new one is an interaction, too, and says by itself when the target is tried again."""

    serializer_class = AttemptSerializer
    queryset = Attempt.objects.none()
    orderings = {"at": "at", "id": "id"}
    default_ordering = "-at"
    filters = {
        "target": Filter(forms.IntegerField(min_value=1)),
        "campaign": Filter(forms.IntegerField(min_value=1), "target__campaign"),
        "outcome": Filter(forms.ChoiceField(choices=Outcome.choices)),
    }
    rights = {"list": "campaign.read", "retrieve": "campaign.read", "create": "campaign.dial", "undo": "campaign.dial"}

    def get_queryset(self) -> Any:
        return Attempt.objects.visible_to(self.person).standing().with_names().prefetch_related("answers__question")

    def create(self, request: Request) -> Response:
        body: Any = self.checked()
        asked = body.pop("answers", {})
        keys = latest_keys(asked)
        heard = Heard(
            answers={keys[slug]: text for slug, text in asked.items()},
            learned=[Learned(**one) for one in body.pop("learned", [])],
            **{
                name: body.pop(name)
                for name in ("use_mode", "quote", "bypass_reason", "has_nothing_new")
                if name in body
            },
        )
        target = body.pop("target")
        return self.created(save_attempt(actor=self.person, target=target, dial=Dial(**body, heard=heard)))

    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: int) -> Response:
        """Take it back, within a few minutes."""
        found = self.get_object()
        undo_attempt(actor=self.person, attempt=found)
        return Response(status=204)
