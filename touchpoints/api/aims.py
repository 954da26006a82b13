"""Urgent needs, steps in trust, goals, and the load of contact, in the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Colleague, Visible
from accounts.models import Account
from pmcrm.api.endpoints import Endpoint
from pmcrm.api.serializers import InstantField, ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter
from pmcrm.people.models import User
from touchpoints.models import (
    AccountGoal,
    GoalNote,
    GoalState,
    Interaction,
    NeedKind,
    NeedState,
    StepState,
    TrustStep,
    UrgentNeed,
)
from touchpoints.services.clashes import clashes
from touchpoints.services.contact_load import load_of
from touchpoints.services.goals import close_goal, edit_goal, note_progress, serve_goal, set_goal
from touchpoints.services.heeding import calm_at
from touchpoints.services.needs import decide_trust_step, edit_need, raise_need, settle_need

_AN_ID = forms.IntegerField(min_value=1, max_value=2**63 - 1)


_CHANGED = ("kind", "text", "reference", "owner", "since")


class UrgentNeedSerializer(ModelSerializer):
    account = Visible(queryset=Account.objects.all())
    owner = Colleague(queryset=User.objects.none(), required=False)
    interaction = Visible(queryset=Interaction.objects.all(), required=False, allow_null=True)
    since = serializers.DateField(required=False, help_text="The day of the talk, else today.")

    class Meta:
        model = UrgentNeed
        fields = [
            "id", "account", "kind", "text", "reference", "state", "owner", "since", "interaction", "settled_at",
            "settled_by", "settled_how", "created_by", "created_at", "version",
        ]  # fmt: skip
        read_only_fields = [
            "id", "state", "settled_at", "settled_by", "settled_how", "created_by", "created_at", "version"
        ]  # fmt: skip


class SettleSerializer(Serializer):
    state = serializers.ChoiceField(choices=[NeedState.SOLVED.value, NeedState.DROPPED.value])
    how = serializers.CharField(max_length=300)


class UrgentNeeds(Collection):
    """What customers need before anything else, and what is wrong there: tickets, outages, escalations. Solving one may
    propose a step in trust."""

    serializer_class = UrgentNeedSerializer
    queryset = UrgentNeed.objects.none()
    orderings = {"since": "since", "id": "id"}
    default_ordering = "-since"
    filters = {
        "account": Filter(_AN_ID),
        "owner": Filter(_AN_ID),
        "kind": Filter(forms.ChoiceField(choices=NeedKind.choices)),
        "state": Filter(forms.ChoiceField(choices=NeedState.choices)),
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "urgent_need.write",
        "partial_update": "urgent_need.write",
        "settle": "urgent_need.write",
    }

    def get_queryset(self) -> Any:
        return UrgentNeed.objects.visible_to(self.person).with_names()

    def create(self, request: Request) -> Response:
        return self.created(raise_need(actor=self.person, **self.checked()))

    def partial_update(self, request: Request, pk: int) -> Response:
        found: UrgentNeed = self.get_object()
        body = {name: getattr(found, name) for name in _CHANGED} | self.checked(partial=True)
        said = {name: body[name] for name in _CHANGED}
        return self.answer(edit_need(actor=self.person, need=found, version=self.expected_version(), **said))

    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: int) -> Response:
        """Solved or dropped, with how it ended."""
        body = self.checked(serializer_class=SettleSerializer)
        return self.answer(settle_need(actor=self.person, need=self.get_object(), **body))


class TrustStepSerializer(ModelSerializer):
    class Meta:
        model = TrustStep
        fields = ["id", "account", "need", "to_stage", "state", "proposed_at", "decided_by", "decided_at"]
        read_only_fields = fields


class DecideSerializer(Serializer):
    confirmed = serializers.BooleanField()


class TrustSteps(Collection):
    """Steps up in trust that solved needs propose; a person decides."""

    serializer_class = TrustStepSerializer
    queryset = TrustStep.objects.none()
    orderings = {"id": "id"}
    default_ordering = "-id"
    filters = {"account": Filter(_AN_ID), "state": Filter(forms.ChoiceField(choices=StepState.choices))}
    rights = {"list": "account.read", "retrieve": "account.read", "decide": "account.write"}

    def get_queryset(self) -> Any:
        return TrustStep.objects.visible_to(self.person)

    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: int) -> Response:
        """Confirm or decline."""
        confirmed = self.checked(serializer_class=DecideSerializer)["confirmed"]
        return self.answer(decide_trust_step(actor=self.person, step=self.get_object(), confirmed=confirmed))


class GoalNoteSerializer(ModelSerializer):
    class Meta:
        model = GoalNote
        fields = ["id", "text", "interaction", "author", "at"]
        read_only_fields = fields


class AccountGoalSerializer(ModelSerializer):
    account = Visible(queryset=Account.objects.all())
    owner = Colleague(queryset=User.objects.none(), required=False)
    target_on = serializers.DateField(required=False, allow_null=True)
    meetings = serializers.IntegerField(read_only=True, help_text="Meetings held that served it.")
    meetings_since = serializers.IntegerField(read_only=True, help_text="Of these, since progress was noted last.")
    notes = GoalNoteSerializer(many=True, read_only=True)

    class Meta:
        model = AccountGoal
        fields = [
            "id", "account", "text", "state", "owner", "target_on", "closed_at", "meetings", "meetings_since", "notes",
            "created_by", "created_at", "version",
        ]  # fmt: skip
        read_only_fields = ["id", "state", "closed_at", "created_by", "created_at", "version"]


class NoteSerializer(Serializer):
    text = serializers.CharField(max_length=1000)
    interaction = Visible(queryset=Interaction.objects.all(), required=False)


class ServeSerializer(Serializer):
    interaction = Visible(queryset=Interaction.objects.all())


class CloseSerializer(Serializer):
    state = serializers.ChoiceField(choices=[GoalState.REACHED.value, GoalState.DROPPED.value])


class AccountGoals(Collection):
    """What we want to reach at accounts, the meetings that served it and the notes on how far it came."""

    serializer_class = AccountGoalSerializer
    queryset = AccountGoal.objects.none()
    orderings = {"id": "id"}
    default_ordering = "-id"
    filters = {
        "account": Filter(_AN_ID),
        "owner": Filter(_AN_ID),
        "state": Filter(forms.ChoiceField(choices=GoalState.choices)),
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "account_goal.write",
        "partial_update": "account_goal.write",
        "note": "account_goal.write",
        "serve": "interaction.log",
        "close": "account_goal.write",
    }

    def get_queryset(self) -> Any:
        return AccountGoal.objects.visible_to(self.person).with_talks().with_names().prefetch_related("notes")

    def create(self, request: Request) -> Response:
        return self._again(set_goal(actor=self.person, **self.checked()), status=201)

    def partial_update(self, request: Request, pk: int) -> Response:
        found: AccountGoal = self.get_object()
        body = {name: getattr(found, name) for name in ("text", "owner", "target_on")} | self.checked(partial=True)
        said = {name: body[name] for name in ("text", "owner", "target_on")}
        return self._again(edit_goal(actor=self.person, goal=found, version=self.expected_version(), **said))

    @action(detail=True, methods=["post"])
    def note(self, request: Request, pk: int) -> Response:
        """How far it came."""
        goal: AccountGoal = self.get_object()
        note_progress(actor=self.person, goal=goal, **self.checked(serializer_class=NoteSerializer))
        return self._again(goal)

    @action(detail=True, methods=["post"])
    def serve(self, request: Request, pk: int) -> Response:
        """Say that a talk serves this goal."""
        goal: AccountGoal = self.get_object()
        serve_goal(actor=self.person, goal=goal, **self.checked(serializer_class=ServeSerializer))
        return self._again(goal)

    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """Reached or dropped."""
        goal: AccountGoal = self.get_object()
        return self._again(close_goal(actor=self.person, goal=goal, **self.checked(serializer_class=CloseSerializer)))

    def _again(self, goal: AccountGoal, *, status: int = 200) -> Response:
        """With its meetings counted anew."""
        return self.answer(self.get_queryset().get(pk=goal.pk), status=status)


class ClashSerializer(Serializer):
    account = serializers.IntegerField(source="account.pk")
    interaction = serializers.IntegerField(source="interaction.pk")
    kind = serializers.CharField(source="interaction.kind")
    status = serializers.CharField(source="interaction.status")
    at = InstantField(source="interaction.at")
    colleagues = serializers.ListField(child=serializers.CharField())


class ContactLoadSerializer(Serializer):
    """The load of an account, with what is near to the moment asked about."""

    account = serializers.IntegerField()
    at = InstantField()
    load = serializers.FloatField(help_text="Half of it is gone after the half-life; see the limits.")
    light = serializers.CharField(help_text="green, amber or red")
    amber = serializers.FloatField()
    red = serializers.FloatField()
    distance_factor = serializers.FloatField()
    meetings = serializers.IntegerField(help_text="Meetings within the days set, up to that moment.")
    calm_at = InstantField(allow_null=True, help_text="When a red load falls below red, with what is planned.")
    clashes = ClashSerializer(many=True, help_text="Talks of colleagues near to that moment.")


class ContactLoads(Endpoint):
    """How much contact an account carries, by its id: now, or at the moment `at`."""

    serializer_class = ContactLoadSerializer
    queryset = Account.objects.none()
    rights = {"retrieve": "account.read"}

    def get_queryset(self) -> Any:
        return Account.objects.visible_to(self.person).select_related("product_manager")

    def retrieve(self, request: Request, pk: int) -> Response:
        account: Account = self.get_object()
        asked = InstantField(required=False).run_validation(
            request.query_params.get("at") or timezone.now().isoformat()
        )
        found = load_of(account, at=asked)
        answer = {
            "account": account.pk,
            "at": asked,
            "load": found.load,
            "light": found.light.value,
            "amber": found.amber,
            "red": found.red,
            "distance_factor": found.factor,
            "meetings": found.meetings,
            "calm_at": calm_at(account, found, at=asked) if found.is_red else None,
            "clashes": clashes(user=self.person, accounts=[account], at=asked),
        }
        return Response(ContactLoadSerializer(answer).data)
