"""Interactions and next steps in the API: the same services and the same visible rows as the pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Colleague, Visible
from accounts.models import Account, Contact
from pmcrm.api.serializers import InstantField, ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter
from pmcrm.people.models import User
from pmcrm.trash.api import RIGHTS, TrashEndpoint
from touchpoints.models import Brought, Interaction, InteractionKind, InteractionStatus, NextStep, Outcome, Voice
from touchpoints.registry import narrowings
from touchpoints.services.interactions import (
    LONGEST_MINUTES,
    Facts,
    cancel_interaction,
    edit_interaction,
    hold_interaction,
    log_interaction,
    move_interaction,
)
from touchpoints.services.next_steps import (
    PlannedStep,
    add_next_step,
    edit_next_step,
    finish_next_step,
    remove_next_step,
    reopen_next_step,
    snooze_next_step,
)
from touchpoints.services.trash import discard_interaction


class InteractionSerializer(ModelSerializer):
    accounts = Visible(many=True, queryset=Account.objects.all(), required=False, source="present")
    voice = serializers.ChoiceField(
        choices=Voice.choices,
        required=False,
        help_text="Whose experience it is. Left out, it follows from who was present.",
    )
    speaks_for = Visible(
        queryset=Account.objects.all(),
        required=False,
        allow_null=True,
        source="spoken_for",
        help_text="For the voice proxy: id of the customer whose experience an internal account or a partner told.",
    )
    contacts = Visible(many=True, queryset=Contact.objects.all(), required=False)
    colleagues = Colleague(many=True, queryset=User.objects.none(), required=False)
    kind = serializers.ChoiceField(choices=InteractionKind.choices)
    outcome = serializers.ChoiceField(choices=Outcome.choices, required=False, allow_blank=True)
    override_reason = serializers.CharField(
        max_length=300,
        required=False,
        write_only=True,
        help_text="Why they are contacted although something speaks against it: a hold, or too much contact.",
    )
    brought = serializers.ListField(
        child=serializers.ChoiceField(choices=Brought.choices),
        required=False,
        help_text="What a held talk brought. Left out, it stays as it is.",
    )
    minutes = serializers.IntegerField(min_value=0, max_value=LONGEST_MINUTES, required=False)
    notes = serializers.CharField(max_length=50_000, required=False, allow_blank=True)

    class Meta:
        model = Interaction
        fields = [
            "id",
            "kind",
            "status",
            "cancel_reason",
            "at",
            "minutes",
            "voice",
            "speaks_for",
            "override_reason",
            "subject",
            "outcome",
            "brought",
            "notes",
            "is_incoming",
            "is_private",
            "is_backdated",
            "author",
            "accounts",
            "contacts",
            "colleagues",
            "created_at",
            "version",
        ]
        read_only_fields = ["id", "status", "cancel_reason", "is_backdated", "author", "created_at", "version"]


class MoveSerializer(Serializer):
    at = InstantField()
    override_reason = serializers.CharField(
        max_length=300, required=False, help_text="Why then all the same, where something speaks against that time."
    )


class CancelSerializer(Serializer):
    reason = serializers.CharField(max_length=200)


class HoldSerializer(Serializer):
    override_reason = serializers.CharField(
        max_length=300, required=False, help_text="Why it was held all the same, such as without preparation."
    )


class Interactions(Collection):
    """Calls, meetings, mails and notes. What lies ahead is planned, what has been is held; delete puts in the trash."""

    serializer_class = InteractionSerializer
    queryset = Interaction.objects.none()
    orderings = {"at": "at", "id": "id"}
    default_ordering = "-at"
    is_searchable = True
    filters = {
        "kind": Filter(forms.ChoiceField(choices=InteractionKind.choices)),
        "status": Filter(forms.ChoiceField(choices=InteractionStatus.choices)),
        "account": Filter(
            forms.IntegerField(min_value=1), "attendances__account", "Id of an account present, or spoken for."
        ),
        "voice": Filter(forms.ChoiceField(choices=Voice.choices)),
        "contact": Filter(forms.IntegerField(min_value=1), "contacts", "Id of a person on their side."),
        "author": Filter(forms.IntegerField(min_value=1), meaning="Id of the person who logged it."),
        "since": Filter(forms.DateField(), "at__date__gte", "From this day on (UTC)."),
        **{one.slug: Filter(forms.ChoiceField(choices=one.choices), one.path) for one in narrowings()},
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "interaction.log",
        "update": "interaction.log",
        "partial_update": "interaction.log",
        "destroy": "interaction.log",
        "hold": "interaction.log",
        "move": "interaction.log",
        "cancel": "interaction.log",
    }

    def get_queryset(self) -> Any:
        rows = Interaction.objects.visible_to(self.person).with_names()
        # A cancelled one is found by its id or by asking for cancelled ones.
        asks_state = self.action != "list" or "status" in self.request.query_params
        return rows if asks_state else rows.current()

    def create(self, request: Request) -> Response:
        return self.created(log_interaction(actor=self.person, facts=Facts(**self._facts(self.checked()))))

    def update(self, request: Request, pk: int) -> Response:
        return self._edit(self.get_object(), {}, self.checked())

    def partial_update(self, request: Request, pk: int) -> Response:
        found: Interaction = self.get_object()
        return self._edit(found, _as_it_is(found), self.checked(partial=True))

    def destroy(self, request: Request, pk: int) -> Response:
        discard_interaction(actor=self.person, interaction=self.get_object())
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def hold(self, request: Request, pk: int) -> Response:
        """A planned one took place."""
        reason = self.checked(serializer_class=HoldSerializer).get("override_reason", "")
        found = hold_interaction(actor=self.person, interaction=self.get_object(), override_reason=reason)
        return self.answer(found)

    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Response:
        """Plan it for another time ahead."""
        body = self.checked(serializer_class=MoveSerializer)
        reason = body.get("override_reason", "")
        moved = move_interaction(
            actor=self.person, interaction=self.get_object(), to=body["at"], override_reason=reason
        )
        return self.answer(moved)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """It does not take place, for this reason."""
        reason = self.checked(serializer_class=CancelSerializer)["reason"]
        return self.answer(cancel_interaction(actor=self.person, interaction=self.get_object(), reason=reason))

    def _edit(self, found: Interaction, before: dict[str, Any], body: dict[str, Any]) -> Response:
        if "voice" not in body and "present" in body:
            before.pop("voice", None)  # who was there is said anew, so whose voice it was follows anew
        facts = Facts(**self._facts(before | body))
        version = self.expected_version()
        return self.answer(edit_interaction(actor=self.person, interaction=found, facts=facts, version=version))

    @staticmethod
    def _facts(body: dict[str, Any]) -> dict[str, Any]:
        names = {"present": "accounts", "spoken_for": "speaks_for"}
        named = {names.get(name, name): value for name, value in body.items()}
        return {"at": timezone.now(), "accounts": []} | named


def _as_it_is(interaction: Interaction) -> dict[str, Any]:
    said = ("kind", "at", "minutes", "voice", "subject", "outcome", "notes", "is_incoming", "is_private")
    plain = (*said, "present", "spoken_for")
    many = ("contacts", "colleagues")
    return {name: getattr(interaction, name) for name in plain} | {
        name: list(getattr(interaction, name).all()) for name in many
    }


class InteractionTrash(TrashEndpoint):
    """Deleted calls, meetings, mails and notes; those that went with their account come back with it."""

    slug = "interaction"
    queryset = Interaction.objects.none()
    rights = RIGHTS


class NextStepSerializer(ModelSerializer):
    account = Visible(queryset=Account.objects.all())
    owner = Colleague(queryset=User.objects.none(), required=False)

    class Meta:
        model = NextStep
        fields = [
            "id",
            "account",
            "interaction",
            "text",
            "owner",
            "due_on",
            "snoozed_until",
            "done_at",
            "created_by",
            "created_at",
            "version",
        ]
        read_only_fields = ["id", "interaction", "snoozed_until", "done_at", "created_by", "created_at", "version"]


class SnoozeSerializer(Serializer):
    until = serializers.DateField()


class NextSteps(Collection):
    """Who does what next, and by when."""

    serializer_class = NextStepSerializer
    queryset = NextStep.objects.none()
    orderings = {"due_on": "due_on", "id": "id"}
    filters = {
        "account": Filter(forms.IntegerField(min_value=1)),
        "owner": Filter(forms.IntegerField(min_value=1)),
        "open": Filter(
            forms.TypedChoiceField(choices=[("true", "true"), ("false", "false")], coerce=lambda text: text == "true"),
            "done_at__isnull",
            "true for those not done yet.",
        ),
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "next_step.write",
        "update": "next_step.write",
        "partial_update": "next_step.write",
        "destroy": "next_step.write",
        "finish": "next_step.write",
        "reopen": "next_step.write",
        "snooze": "next_step.write",
    }

    def get_queryset(self) -> Any:
        return NextStep.objects.visible_to(self.person).with_names()

    def create(self, request: Request) -> Response:
        body = self.checked()
        step = PlannedStep(body["text"], body.get("owner", self.person), body["due_on"])
        return self.created(add_next_step(actor=self.person, account=body["account"], step=step))

    def update(self, request: Request, pk: int) -> Response:
        return self._edit(self.checked())

    def partial_update(self, request: Request, pk: int) -> Response:
        return self._edit(self.checked(partial=True))

    def destroy(self, request: Request, pk: int) -> Response:
        remove_next_step(actor=self.person, step=self.get_object())
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: int) -> Response:
        return self.answer(finish_next_step(actor=self.person, step=self.get_object()))

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        return self.answer(reopen_next_step(actor=self.person, step=self.get_object()))

    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, pk: int) -> Response:
        until = self.checked(serializer_class=SnoozeSerializer)["until"]
        return self.answer(snooze_next_step(actor=self.person, step=self.get_object(), until=until))

    def _edit(self, body: dict[str, Any]) -> Response:
        found: NextStep = self.get_object()
        to = PlannedStep(
            body.get("text", found.text), body.get("owner", found.owner), body.get("due_on", found.due_day)
        )
        return self.answer(edit_next_step(actor=self.person, step=found, to=to, version=self.expected_version()))
