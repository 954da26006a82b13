"""Troubles, statements, sayings and learnings in the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Visible
from accounts.models import Account, Contact, Promise
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter
from touchpoints.models import (
    Cause,
    Channel,
    ExpectationKind,
    Interaction,
    Learning,
    LearningTag,
    Pain,
    PainAnswer,
    PainState,
    PainTelling,
    Saying,
    Severity,
    Statement,
    Topic,
)
from touchpoints.services.learnings import note_learning, remove_learning
from touchpoints.services.pain_answers import (
    answer_pain,
    edit_pain,
    end_pain,
    merge_pains,
    reopen_pain,
    split_pain,
)
from touchpoints.services.pains import retell_pain, similar_pains, tell_pain
from touchpoints.services.statements import add_statement, edit_statement, retire_statement, say
from touchpoints.tasks import send_notices

_AN_ID = forms.IntegerField(min_value=1, max_value=2**63 - 1)


def _yes_no() -> forms.Field:
    return forms.TypedChoiceField(choices=[("true", "true"), ("false", "false")], coerce=lambda text: text == "true")


class PainSerializer(ModelSerializer):
    account = Visible(queryset=Account.objects.all())
    teller = Visible(queryset=Contact.objects.all(), required=False, allow_null=True)
    interaction = Visible(queryset=Interaction.objects.all(), required=False, allow_null=True)
    words = serializers.CharField(max_length=4000)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False, allow_blank=True)
    cause = serializers.ChoiceField(choices=Cause.choices, required=False, allow_blank=True)
    expectation = serializers.ChoiceField(choices=ExpectationKind.choices, required=False, allow_blank=True)
    bypass_reason = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="Why no statement was said to the teller before. Needed where none holds.",
    )
    report_back_on = serializers.DateField(required=False, help_text="By when they hear from us.")
    promises = Visible(many=True, queryset=Promise.objects.all(), required=False)
    is_expectation_set = serializers.BooleanField(read_only=True)

    class Meta:
        model = Pain
        fields = [
            "id", "account", "words", "teller", "told_on", "interaction", "severity", "cause", "state", "expectation",
            "is_expectation_set", "saying", "bypass_reason", "report_back_on", "retold_count", "promises",
            "merged_into", "author", "created_at", "version",
        ]  # fmt: skip
        read_only_fields = [
            "id", "told_on", "state", "saying", "retold_count", "merged_into", "author", "created_at", "version",
        ]  # fmt: skip


class AnswerSerializer(ModelSerializer):
    contacts = Visible(many=True, queryset=Contact.objects.all(), required=False)
    words = serializers.CharField(max_length=4000)
    channel = serializers.ChoiceField(choices=Channel.choices, required=False, allow_blank=True)
    expectation = serializers.ChoiceField(choices=ExpectationKind.choices, required=False, allow_blank=True)
    again_on = serializers.DateField(
        required=False, write_only=True, help_text="They hear from us once more by that day."
    )
    was_late = serializers.BooleanField(read_only=True)

    class Meta:
        model = PainAnswer
        fields = [
            "id", "words", "expectation", "contacts", "channel", "told_on", "is_report_back", "due_on", "was_late",
            "again_on", "author", "created_at",
        ]  # fmt: skip
        read_only_fields = ["id", "is_report_back", "due_on", "author", "created_at"]


class TellingSerializer(ModelSerializer):
    teller = Visible(queryset=Contact.objects.all(), required=False, allow_null=True)
    interaction = Visible(queryset=Interaction.objects.all(), required=False, allow_null=True)

    class Meta:
        model = PainTelling
        fields = ["id", "pain", "teller", "told_on", "words", "interaction", "author", "created_at"]
        read_only_fields = ["id", "pain", "told_on", "author", "created_at"]


class IntoSerializer(Serializer):
    into = Visible(queryset=Pain.objects.all())


class SimilarSerializer(Serializer):
    account = Visible(queryset=Account.objects.all())
    words = serializers.CharField(max_length=4000)


class Pains(Collection):
    """What hurts customers, each once. In just the words of an earlier one, posting counts as told again."""

    serializer_class = PainSerializer
    queryset = Pain.objects.none()
    orderings = {"told_on": "told_on", "report_back_on": "report_back_on", "id": "id"}
    default_ordering = "-told_on"
    is_searchable = True
    filters = {
        "account": Filter(_AN_ID),
        "teller": Filter(_AN_ID),
        "interaction": Filter(_AN_ID),
        "state": Filter(forms.ChoiceField(choices=PainState.choices)),
        "expectation": Filter(forms.ChoiceField(choices=ExpectationKind.choices)),
        "due_by": Filter(forms.DateField(), "report_back_on__lte", "They are to hear from us by this day."),
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "answers": "account.read",
        "tellings": "account.read",
        "similar": "account.read",
        "create": "pain.write",
        "partial_update": "pain.write",
        "answer_it": "pain.write",
        "retell": "pain.write",
        "merge": "pain.write",
        "split": "pain.write",
        "end": "pain.write",
        "reopen": "pain.write",
    }

    def get_queryset(self) -> Any:
        rows = Pain.objects.visible_to(self.person).prefetch_related("promises")
        # One that went up in another is found by its id.
        return rows.told() if self.action == "list" else rows

    def create(self, request: Request) -> Response:
        body = self.checked()
        body.pop("promises", None)
        contact = body.pop("teller", None)
        made = tell_pain(actor=self.person, contact=contact, **body)
        send_notices.delay_on_commit()  # type: ignore[attr-defined]  # DjangoTask has it
        return self.created(self.get_queryset().get(pk=made.pk))

    def partial_update(self, request: Request, pk: int) -> Response:
        found: Pain = self.get_object()
        names = ("severity", "cause", "teller", "report_back_on")
        values = {name: getattr(found, name) for name in names} | {"promises": list(found.promises.all())}
        given = self.checked(partial=True)
        values |= {name: value for name, value in given.items() if name in values}
        edit_pain(actor=self.person, pain=found, version=self.expected_version(), **values)
        return self.answer(self.get_object())

    @action(detail=False, methods=["post"])
    def similar(self, request: Request) -> Response:
        """Earlier ones of the account that read like these words."""
        body = self.checked(serializer_class=SimilarSerializer)
        found = similar_pains(user=self.person, account=body["account"], words=body["words"])
        return Response({"results": self.get_serializer(found, many=True).data})

    @action(detail=True, methods=["get"])
    def answers(self, request: Request, pk: int) -> Response:
        """What they were told about it, the oldest first."""
        rows = self.get_object().answers.prefetch_related("contacts")[:200]
        return Response(AnswerSerializer(rows, many=True, context=self.get_serializer_context()).data)

    @action(detail=True, methods=["get"])
    def tellings(self, request: Request, pk: int) -> Response:
        """When they had to tell it again, the oldest first."""
        rows = PainTelling.objects.visible_to(self.person).filter(pain=self.get_object())[:200]
        return Response(TellingSerializer(rows, many=True, context=self.get_serializer_context()).data)

    @action(detail=True, methods=["post"], url_path="answer")
    def answer_it(self, request: Request, pk: int) -> Response:
        """They were told what becomes of it."""
        body = self.checked(serializer_class=AnswerSerializer)
        answer_pain(actor=self.person, pain=self.get_object(), version=self.expected_version(), **body)
        return self.answer(self.get_object())

    @action(detail=True, methods=["post"])
    def retell(self, request: Request, pk: int) -> Response:
        """They had to tell it again."""
        body = self.checked(serializer_class=TellingSerializer)
        contact = body.pop("teller", None)
        retell_pain(actor=self.person, pain=self.get_object(), contact=contact, **body)
        send_notices.delay_on_commit()  # type: ignore[attr-defined]  # DjangoTask has it
        return self.answer(self.get_object())

    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: int) -> Response:
        """It is the same as another one of its account."""
        into = self.checked(serializer_class=IntoSerializer)["into"]
        merge_pains(actor=self.person, pain=self.get_object(), into=into, version=self.expected_version())
        return self.answer(self.get_object())

    @action(detail=True, methods=["post"])
    def split(self, request: Request, pk: int) -> Response:
        """Take it apart from the one it went up in."""
        split_pain(actor=self.person, pain=self.get_object())
        return self.answer(self.get_object())

    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: int) -> Response:
        """It does not hurt any more."""
        end_pain(actor=self.person, pain=self.get_object(), version=self.expected_version())
        return self.answer(self.get_object())

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        """It hurts after all."""
        reopen_pain(actor=self.person, pain=self.get_object(), version=self.expected_version())
        return self.answer(self.get_object())


class StatementSerializer(ModelSerializer):
    expires_days = serializers.IntegerField(min_value=1, max_value=3650)
    text = serializers.CharField(max_length=1000)

    class Meta:
        model = Statement
        fields = ["id", "slug", "edition", "topic", "text", "expires_days", "unlocks", "author", "created_at",
                  "retired_at"]  # fmt: skip
        read_only_fields = ["id", "slug", "edition", "author", "created_at", "retired_at"]


class Statements(Collection):
    """What is said beforehand. A change makes the next edition; its `version` is the edition. Delete retires it."""

    serializer_class = StatementSerializer
    queryset = Statement.objects.none()
    orderings = {"id": "id"}
    filters = {
        "topic": Filter(forms.ChoiceField(choices=Topic.choices)),
        "slug": Filter(forms.SlugField(), meaning="With it also editions out of use are listed."),
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "statement.write",
        "partial_update": "statement.write",
        "destroy": "statement.write",
    }

    def get_queryset(self) -> Any:
        is_plain = self.action == "list" and "slug" not in self.request.query_params
        return Statement.objects.current() if is_plain else Statement.objects.all()

    def create(self, request: Request) -> Response:
        return self.created(add_statement(actor=self.person, **self.checked()))

    def partial_update(self, request: Request, pk: int) -> Response:
        found: Statement = self.get_object()
        values = {name: getattr(found, name) for name in ("text", "topic", "expires_days", "unlocks")}
        values |= self.checked(partial=True)
        made = edit_statement(actor=self.person, statement=found, edition=self.expected_version(), **values)
        return self.answer(made)

    def destroy(self, request: Request, pk: int) -> Response:
        found: Statement = self.get_object()
        retire_statement(actor=self.person, statement=found, edition=found.edition)
        return Response(status=204)


class SayingSerializer(ModelSerializer):
    statement = serializers.PrimaryKeyRelatedField(queryset=Statement.objects.all())
    account = Visible(queryset=Account.objects.all())
    contacts = Visible(many=True, queryset=Contact.objects.all(), required=False)
    interaction = Visible(queryset=Interaction.objects.all(), required=False, allow_null=True)
    channel = serializers.ChoiceField(choices=Channel.choices, required=False, allow_blank=True)

    class Meta:
        model = Saying
        fields = ["id", "statement", "account", "contacts", "interaction", "channel", "said_at", "expires_on", "author",
                  "created_at"]  # fmt: skip
        read_only_fields = ["id", "said_at", "expires_on", "author", "created_at"]


class Sayings(Collection):
    """Which statement was said to whom. None is changed: what was said was said."""

    serializer_class = SayingSerializer
    queryset = Saying.objects.none()
    orderings = {"said_at": "said_at", "id": "id"}
    default_ordering = "-said_at"
    filters = {
        "account": Filter(_AN_ID),
        "contact": Filter(_AN_ID, "contacts"),
        "statement": Filter(forms.SlugField(), "statement__slug", "Short name of the statement, in any edition."),
        "holding": Filter(
            forms.TypedChoiceField(
                choices=[("true", "true")],
                coerce=lambda _text: timezone.localdate(),
            ),
            "expires_on__gte",
            "true for those that have not expired.",
        ),
    }
    rights = {"list": "account.read", "retrieve": "account.read", "create": "pain.write"}

    def get_queryset(self) -> Any:
        return Saying.objects.visible_to(self.person).prefetch_related("contacts")

    def create(self, request: Request) -> Response:
        body = {"contacts": [], **self.checked()}
        return self.created(say(actor=self.person, **body))


class LearningSerializer(ModelSerializer):
    interaction = Visible(queryset=Interaction.objects.all())
    text = serializers.CharField(max_length=2000)
    tags = serializers.ListField(child=serializers.ChoiceField(choices=LearningTag.choices), required=False)

    class Meta:
        model = Learning
        fields = ["id", "interaction", "text", "tags", "is_surprise", "author", "created_at"]
        read_only_fields = ["id", "author", "created_at"]


class Learnings(Collection):
    """What talks taught us, the newest first."""

    serializer_class = LearningSerializer
    queryset = Learning.objects.none()
    orderings = {"id": "id"}
    default_ordering = "-id"
    filters = {
        "interaction": Filter(_AN_ID),
        "account": Filter(_AN_ID, "interaction__attendances__account"),
        "contact": Filter(_AN_ID, "interaction__contacts"),
        "tag": Filter(forms.TypedChoiceField(choices=LearningTag.choices, coerce=lambda tag: [tag]), "tags__contains"),
        "surprise": Filter(_yes_no(), "is_surprise"),
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "interaction.log",
        "destroy": "interaction.log",
    }

    def get_queryset(self) -> Any:
        return Learning.objects.visible_to(self.person).select_related("interaction")

    def create(self, request: Request) -> Response:
        return self.created(note_learning(actor=self.person, **self.checked()))

    def destroy(self, request: Request, pk: int) -> Response:
        remove_learning(actor=self.person, learning=self.get_object())
        return Response(status=204)
