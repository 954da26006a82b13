"""Meetings in the API: agenda, criteria and the verbs, by the same services and rows as the pages."""

from __future__ import annotations

from typing import Any

from django import forms
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Colleague, Visible
from accounts.models import Account, Contact
from meetings import states
from meetings.kpis import Share
from meetings.models import Answer, Channel, Invitee, ItemKind, Meeting, Score
from meetings.permissions import PRODUCT, SALES
from meetings.rules import NEVER_OVERRIDDEN, RULES
from meetings.services import closing, planning, reviewing, sending
from meetings.services.answers import enter_answer
from meetings.services.figures import Scope, figures_read, sees_all
from meetings.services.judging import strip_of
from meetings.services.letters import contacts_to_write, digest_of
from meetings.services.planning import Item, Setting
from meetings.tasks import send_what_waits
from pmcrm.api.serializers import InstantField, ModelSerializer, Serializer, ShareField
from pmcrm.lists.api import Collection, Filter
from pmcrm.people.models import User
from touchpoints.models import Interaction
from touchpoints.services.interactions import LONGEST_MINUTES, Facts


class ItemSerializer(Serializer):
    text = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=ItemKind.choices, default=ItemKind.NORMAL)
    minutes = serializers.IntegerField(min_value=1, max_value=LONGEST_MINUTES)
    led_by = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class CriterionSerializer(Serializer):
    id = serializers.IntegerField(read_only=True)
    text = serializers.CharField(max_length=200)
    product_score = serializers.CharField(read_only=True)
    sales_score = serializers.CharField(read_only=True)


class RuleSerializer(Serializer):
    rule = serializers.CharField(source="slug")
    state = serializers.CharField()
    says = serializers.CharField()
    warns = serializers.BooleanField(help_text="Met, and yet it says something to heed.")


class InviteeSerializer(ModelSerializer):
    class Meta:
        model = Invitee
        fields = ["id", "contact", "user", "is_invited", "answer", "comment", "answered_at"]
        read_only_fields = fields


class MeetingSerializer(ModelSerializer):
    """What its interaction says (when, with whom, how long, what was said) is read and changed there."""

    id = serializers.IntegerField(source="pk", read_only=True, help_text="The id of its interaction, too.")
    state = serializers.ChoiceField(choices=list(states.STATES), read_only=True)
    at = InstantField(source="interaction.at", read_only=True)
    minutes = serializers.IntegerField(source="interaction.minutes", read_only=True)
    subject = serializers.CharField(source="interaction.subject", read_only=True)
    agenda = ItemSerializer(source="items", many=True, read_only=True)
    criteria = CriterionSerializer(many=True, read_only=True)
    invitees = InviteeSerializer(many=True, read_only=True)
    rules = serializers.SerializerMethodField(help_text="Only of a single meeting.")

    class Meta:
        model = Meeting
        fields = [
            "id",
            "state",
            "at",
            "minutes",
            "subject",
            "organiser",
            "channel",
            "place",
            "link",
            "agenda",
            "criteria",
            "invitees",
            "rules",
            "review_asked_at",
            "reviewed_at",
            "sent_at",
            "is_late",
            "sequence",
            "nothing_to_do",
            "closed_at",
            "is_kept",
            "version",
        ]
        read_only_fields = [name for name in fields if name not in {"channel", "place", "link"}]

    @extend_schema_field(RuleSerializer(many=True))
    def get_rules(self, meeting: Meeting) -> list[dict[str, Any]]:
        return list(RuleSerializer(strip_of(meeting), many=True).data)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        if self.context["view"].action == "list":
            self.fields.pop("rules", None)
        return super().to_representation(instance)


class PlanSerializer(Serializer):
    """A meeting that is planned anew; or, with `interaction`, one that is planned or logged already."""

    interaction = Visible(queryset=Interaction.objects.all(), required=False)
    accounts = Visible(many=True, queryset=Account.objects.all(), required=False)
    contacts = Visible(many=True, queryset=Contact.objects.all(), required=False)
    colleagues = Colleague(many=True, queryset=User.objects.none(), required=False)
    at = InstantField(required=False)
    minutes = serializers.IntegerField(min_value=0, max_value=LONGEST_MINUTES, required=False)
    subject = serializers.CharField(max_length=200, required=False)
    override_reason = serializers.CharField(max_length=300, required=False)
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.ONLINE)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    link = serializers.URLField(max_length=500, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "interaction" not in attrs and "at" not in attrs:
            raise serializers.ValidationError({"at": "Say when, or name an interaction of kind meeting."})
        return attrs


class AgendaSerializer(Serializer):
    items = ItemSerializer(many=True)


class CriteriaSerializer(Serializer):
    criteria = serializers.ListField(child=serializers.CharField(max_length=200), max_length=3)


class CommentSerializer(Serializer):
    comment = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class OverrideSerializer(Serializer):
    rule = serializers.ChoiceField(choices=[slug for slug in RULES if slug not in NEVER_OVERRIDDEN])
    reason = serializers.CharField(max_length=300)


class SendSerializer(Serializer):
    contacts = Visible(many=True, queryset=Contact.objects.all(), required=False, help_text="All, if left out.")
    digest = serializers.CharField(help_text="From `letters`: what goes out is what was looked at.")
    override_reason = serializers.CharField(max_length=300, required=False, default="")


class CallOffSerializer(Serializer):
    digest = serializers.CharField(help_text="From `letters`.")


class ScoreSerializer(Serializer):
    side = serializers.ChoiceField(choices=[PRODUCT, SALES])
    scores = serializers.DictField(
        child=serializers.ChoiceField(choices=Score.choices), help_text="By the id of the criterion."
    )

    def validate_scores(self, given: dict[str, str]) -> dict[int, str]:
        if not all(key.isascii() and key.isdecimal() and len(key) < 19 for key in given):
            raise serializers.ValidationError("The keys are ids of criteria.")
        return {int(key): score for key, score in given.items()}


class AnswerSerializer(Serializer):
    invitee = serializers.IntegerField(min_value=1)
    answer = serializers.ChoiceField(choices=[choice for choice in Answer.choices if choice[0]])
    comment = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class CloseSerializer(Serializer):
    nothing_to_do = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class FigureSerializer(Serializer):
    figure = serializers.CharField()
    part = serializers.IntegerField()
    whole = serializers.IntegerField()
    share = ShareField(allow_null=True)


class MonthSerializer(Serializer):
    month = serializers.DateField()
    kept = serializers.IntegerField()
    judged = serializers.IntegerField()
    done = serializers.IntegerField()
    due = serializers.IntegerField()


class FiguresSerializer(Serializer):
    whose = serializers.CharField()
    figures = FigureSerializer(many=True)
    months = MonthSerializer(many=True)


def _share(one: Share) -> dict[str, Any]:
    return {"part": one.part, "whole": one.whole, "share": one.share}


class Meetings(Collection):
    """Meetings: agenda, criteria, ground rules. They are held, moved and cancelled as interactions."""

    serializer_class = MeetingSerializer
    queryset = Meeting.objects.none()
    filters = {
        "organiser": Filter(forms.IntegerField(min_value=1), meaning="Id of who organises it."),
        "account": Filter(
            forms.IntegerField(min_value=1), "interaction__attendances__account", "Id of an account present."
        ),
        "kept": Filter(
            forms.TypedChoiceField(choices=[("true", "true"), ("false", "false")], coerce=lambda text: text == "true"),
            "is_kept",
            "Whether it met every ground rule; those not judged yet are left out.",
        ),
    }
    orderings = {"id": "interaction"}
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "letters": "interaction.log",
        "approve": "meeting.review",
        "return_": "meeting.review",
    } | dict.fromkeys(
        [
            *("create", "partial_update", "agenda", "criteria", "ask_review", "override", "send", "call_off"),
            *("answers", "score", "close", "reopen", "figures"),
        ],
        "interaction.log",
    )

    def get_queryset(self) -> Any:
        return Meeting.objects.visible_to(self.person).with_all()

    def create(self, request: Request) -> Response:
        body = self.checked(serializer_class=PlanSerializer)
        setting = Setting(*(body.pop(name) for name in ("channel", "place", "link")))
        talk = body.pop("interaction", None)
        if talk is not None:
            made = planning.open_meeting(actor=self.person, interaction=talk, setting=setting)
        else:
            facts = Facts(kind="meeting", **{"accounts": []} | body)
            made = planning.plan_meeting(actor=self.person, facts=facts, setting=setting)
        return self.created(self._again(made))

    def partial_update(self, request: Request, pk: int) -> Response:
        found, body = self.get_object(), self.checked(partial=True)
        setting = Setting(*(body.get(name, getattr(found, name)) for name in ("channel", "place", "link")))
        return self._done(planning.describe_meeting, setting=setting, version=self.expected_version())

    @extend_schema(
        parameters=[
            OpenApiParameter("whose", enum=["mine", "all"], description="all only for who leads; others get mine.")
        ],
        responses=FiguresSerializer,
        filters=False,
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def figures(self, request: Request) -> Response:
        """How meetings went in the last twelve months: one's own, or for who leads the sums of all."""
        is_all = sees_all(self.person) and request.query_params.get("whose") != "mine"
        found, _as_of = figures_read(Scope(None if is_all else self.person))
        shares = [{"figure": slug} | _share(one) for slug, one in found.shares.items()]
        months = [
            {"month": one.first, "kept": one.adherence.part, "judged": one.adherence.whole}
            | {"done": one.follow_through.part, "due": one.follow_through.whole}
            for one in found.months
        ]
        return Response(
            FiguresSerializer({"whose": "all" if is_all else "mine", "figures": shares, "months": months}).data
        )

    @action(detail=True, methods=["put"])
    def agenda(self, request: Request, pk: int) -> Response:
        """The whole agenda anew; its minutes have to fit."""
        items = [Item(**dict(row)) for row in self.checked(serializer_class=AgendaSerializer)["items"]]
        return self._done(planning.write_agenda, items=items, version=self.expected_version())

    @action(detail=True, methods=["put"])
    def criteria(self, request: Request, pk: int) -> Response:
        """One to three success criteria."""
        texts = self.checked(serializer_class=CriteriaSerializer)["criteria"]
        return self._done(planning.write_criteria, texts=texts, version=self.expected_version())

    @action(detail=True, methods=["post"], url_path="ask-review")
    def ask_review(self, request: Request, pk: int) -> Response:
        """Have the owner of the relationship look at the agenda."""
        return self._done(reviewing.ask_review)

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: int) -> Response:
        """Sales agrees with the agenda."""
        return self._done(reviewing.approve_agenda, **self.checked(serializer_class=CommentSerializer))

    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def return_(self, request: Request, pk: int) -> Response:
        """Sales wants something else, and says what."""
        return self._done(reviewing.return_agenda, **self.checked(serializer_class=CommentSerializer))

    @action(detail=True, methods=["post"])
    def override(self, request: Request, pk: int) -> Response:
        """Set a ground rule aside, with a reason."""
        reviewing.override_rule(
            actor=self.person, meeting=self.get_object(), **self.checked(serializer_class=OverrideSerializer)
        )
        return self.answer(self.get_object())

    @action(detail=True, methods=["get"])
    def letters(self, request: Request, pk: int) -> Response:
        """What would go to whom now, and the digest that sending it takes."""
        meeting = self.get_object()
        if meeting.state == states.CANCELLED:
            found = sending.preview_cancellation(meeting)
        else:
            found = sending.preview(meeting, contacts_to_write(meeting, self.person))
        rows = [
            {"contact": one.contact.pk, "email": one.email, "method": one.method, "subject": one.subject}
            | {"text": one.text}
            for one in found
        ]
        return Response({"digest": digest_of(meeting), "letters": rows})

    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: int) -> Response:
        """Send the agenda, or what changed of it."""
        body, meeting = self.checked(serializer_class=SendSerializer), self.get_object()
        contacts = body.pop("contacts", None)
        chosen = contacts_to_write(meeting, self.person) if contacts is None else contacts
        answer = self._done(sending.send_meeting, contacts=chosen, **body)
        send_what_waits.delay_on_commit()  # type: ignore[attr-defined]  # DjangoTask has it
        return answer

    @action(detail=True, methods=["post"], url_path="call-off")
    def call_off(self, request: Request, pk: int) -> Response:
        """Tell those who have a cancelled meeting in their calendar."""
        answer = self._done(sending.call_off, **self.checked(serializer_class=CallOffSerializer))
        send_what_waits.delay_on_commit()  # type: ignore[attr-defined]  # DjangoTask has it
        return answer

    @action(detail=True, methods=["post"])
    def answers(self, request: Request, pk: int) -> Response:
        """What somebody answered, entered by hand."""
        body, meeting = self.checked(serializer_class=AnswerSerializer), self.get_object()
        invitee = next((one for one in meeting.invitees.all() if one.pk == body["invitee"]), None)
        if invitee is None:
            raise serializers.ValidationError({"invitee": "Choose one of this meeting's."})
        enter_answer(actor=self.person, invitee=invitee, answer=body["answer"], comment=body["comment"])
        return self.answer(self.get_object())

    @action(detail=True, methods=["post"])
    def score(self, request: Request, pk: int) -> Response:
        """Say for product or for sales how far each criterion was met."""
        return self._done(closing.score_criteria, **self.checked(serializer_class=ScoreSerializer))

    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """Bring it to an end, with what follows or why nothing does."""
        return self._done(closing.close_meeting, **self.checked(serializer_class=CloseSerializer))

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        """Not closed after all."""
        return self._done(closing.reopen_meeting)

    def _done(self, service: Any, **given: Any) -> Response:
        return self.answer(self._again(service(actor=self.person, meeting=self.get_object(), **given)))

    def _again(self, meeting: Meeting) -> Meeting:
        found: Meeting = self.get_queryset().get(pk=meeting.pk)
        return found
