"""Exit plans in the API: read, propose, write by section, and one POST a verb. Every answer leaves a row in the view
log."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Account
from pmcrm.lists.api import Collection, Filter
from pmcrm.people.models import User
from segmentation import playbook, trade_off
from segmentation.api.exit_plan_serializers import (
    AnswerSerializer,
    CommentSerializer,
    KeptSerializer,
    NothingSerializer,
    PlanRowSerializer,
    PlanSerializer,
    ProposalSerializer,
    ReasonSerializer,
    SectionsSerializer,
    SponsorSerializer,
    TalkSerializer,
    WaiverSerializer,
)
from segmentation.models import ExitPlan
from segmentation.services import exit_plan as verbs
from segmentation.services import exit_plan_offer as offers
from segmentation.services import exit_plan_sections as sections
from segmentation.services.exit_plan_proposal import propose
from segmentation.tasks import tell_whose_turn


def _person(pk: int | None) -> User | None:
    found = User.objects.active().filter(pk=pk).first() if pk is not None else None
    if pk is not None and found is None:
        raise serializers.ValidationError({"person": [f"There is no active person {pk}."]})
    return found


class ExitPlanEndpoint(Collection):
    """Exit plans that the caller is named in; approved ones also for product leads and executives."""

    rights = {
        "list": "exit_plan.read",
        "retrieve": "exit_plan.read",
        "create": "exit_plan.propose",
        "partial_update": "exit_plan.propose",
        "sponsor": "exit_plan.sponsor",
        "open_coalition": "exit_plan.sponsor",
        "talk": "exit_plan.read",
        "waive": "exit_plan.sponsor",
        "request_approval": "exit_plan.sponsor",
        "approve": "exit_plan.read",
        "return_plan": "exit_plan.read",
        "reject": "exit_plan.read",
        "withdraw": "exit_plan.propose",
        "answer_offer": "exit_plan.propose",
        "finish_offer": "exit_plan.propose",
    }
    serializer_class = PlanSerializer
    orderings = {"changed_at": "changed_at", "id": "id"}
    default_ordering = "-changed_at"
    filters = {
        "state": Filter(forms.ChoiceField(choices=list(playbook.STATES.items()))),
        "account": Filter(forms.IntegerField()),
    }
    is_searchable = True

    def get_queryset(self) -> Any:
        visible = ExitPlan.objects.visible_to(self.person)
        return visible.for_lists() if self.action == "list" else visible.in_full()

    def _seen(self, plan: ExitPlan, *, status: int = 200) -> Response:
        verbs.see(actor=self.person, plan=plan, through="api")
        return self.answer(plan, status=status)

    def _moved(self, plan: ExitPlan) -> Response:
        """After a change: whoever is asked now is told."""
        transaction.on_commit(partial(tell_whose_turn.delay, plan.pk))
        return self._seen(plan)

    def _expected(self) -> int | None:
        """A verb may name the version that was read; what is signed is then surely what was read."""
        return self.expected_version() if "version" in self.request.data else None

    @extend_schema(responses=PlanRowSerializer(many=True))
    def list(self, request: Request) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        verbs.see_rows(actor=self.person, plans=rows, through="api")
        shown = PlanRowSerializer(rows, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(shown.data)

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._seen(self.get_object())

    @extend_schema(request=ProposalSerializer)
    def create(self, request: Request) -> Response:
        body = self.checked(serializer_class=ProposalSerializer)
        account = Account.objects.visible_to(self.person).filter(pk=body["account"]).first()
        if account is None:
            raise serializers.ValidationError({"account": ["There is no account with this id that you may see."]})
        plan = propose(
            actor=self.person,
            account=account,
            sponsor=_person(body.get("sponsor")),
            reason=body.get("reason", ""),
        )
        verbs.see(actor=self.person, plan=plan, through="api")
        transaction.on_commit(partial(tell_whose_turn.delay, plan.pk))
        return self.created(self.get_queryset().get(pk=plan.pk))

    @extend_schema(request=SectionsSerializer)
    @transaction.atomic
    def partial_update(self, request: Request, pk: int) -> Response:
        """Save the sections that the body holds. `version` is that of the plan."""
        plan = self.get_object()
        body = self.checked(serializer_class=SectionsSerializer)
        who: dict[str, Any] = {"actor": self.person, "plan": plan, "version": self.expected_version()}
        if "reason" in body:
            plan = sections.edit_why(**who, reason=body["reason"])
        if "remedies" in body:
            told = {one["slug"]: (one["is_tried"], one["reason"]) for one in body["remedies"]}
            plan = sections.edit_remedies(**self._after(who, plan), remedies=told)
        if "trade_off" in body:
            plan = sections.edit_trade_off(**self._after(who, plan), **_sheet(body["trade_off"]))
        if "offer" in body:
            plan = offers.edit_offer(**self._after(who, plan), **_offer(body["offer"]))
        if "people" in body:
            named: dict[str, Any] = {name: _person(pk) for name, pk in body["people"].items()}
            plan = sections.name_people(**self._after(who, plan), **named)
        return self._moved(plan)

    @staticmethod
    def _after(who: dict[str, Any], plan: ExitPlan) -> dict[str, Any]:
        """A later section of the same request builds on the version that the earlier one made."""
        return who if plan is who["plan"] else who | {"plan": plan, "version": plan.version}

    @extend_schema(request=SponsorSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def sponsor(self, request: Request, pk: int) -> Response:
        plan, body = self.get_object(), self.checked(serializer_class=SponsorSerializer)
        return self._moved(verbs.sponsor(actor=self.person, plan=plan, version=self._expected(), **body))

    @extend_schema(request=NothingSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"], url_path="open-coalition")
    def open_coalition(self, request: Request, pk: int) -> Response:
        plan, _body = self.get_object(), self.checked(serializer_class=NothingSerializer)
        return self._moved(verbs.open_coalition(actor=self.person, plan=plan, version=self._expected()))

    @extend_schema(request=TalkSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def talk(self, request: Request, pk: int) -> Response:
        plan, body = self.get_object(), self.checked(serializer_class=TalkSerializer)
        verbs.talk(actor=self.person, plan=plan, **body)
        return self._moved(self.get_object())

    @extend_schema(request=WaiverSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def waive(self, request: Request, pk: int) -> Response:
        plan, body = self.get_object(), self.checked(serializer_class=WaiverSerializer)
        verbs.waive(actor=self.person, plan=plan, **body)
        return self._moved(self.get_object())

    @extend_schema(request=NothingSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"], url_path="request-approval")
    def request_approval(self, request: Request, pk: int) -> Response:
        plan, _body = self.get_object(), self.checked(serializer_class=NothingSerializer)
        return self._moved(verbs.request_approval(actor=self.person, plan=plan, version=self._expected()))

    @extend_schema(request=CommentSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: int) -> Response:
        plan, body = self.get_object(), self.checked(serializer_class=CommentSerializer)
        return self._moved(verbs.approve(actor=self.person, plan=plan, version=self._expected(), **body))

    @extend_schema(request=CommentSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def return_plan(self, request: Request, pk: int) -> Response:
        plan, body = self.get_object(), self.checked(serializer_class=CommentSerializer)
        comment = body.get("comment", "")
        return self._moved(verbs.return_plan(actor=self.person, plan=plan, version=self._expected(), comment=comment))

    @extend_schema(request=CommentSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: int) -> Response:
        plan, body = self.get_object(), self.checked(serializer_class=CommentSerializer)
        comment = body.get("comment", "")
        return self._moved(verbs.reject(actor=self.person, plan=plan, version=self._expected(), comment=comment))

    @extend_schema(request=ReasonSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: int) -> Response:
        plan, body = self.get_object(), self.checked(serializer_class=ReasonSerializer)
        return self._moved(verbs.withdraw(actor=self.person, plan=plan, version=self._expected(), **body))

    @extend_schema(request=AnswerSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"], url_path="answer-offer")
    def answer_offer(self, request: Request, pk: int) -> Response:
        """Record the customer's answer to one offer of an approved plan."""
        plan, body = self.get_object(), self.checked(serializer_class=AnswerSerializer)
        return self._moved(offers.answer_offer(actor=self.person, plan=plan, version=self._expected(), **body))

    @extend_schema(request=KeptSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"], url_path="finish-offer")
    def finish_offer(self, request: Request, pk: int) -> Response:
        """Record that an accepted offer was kept, and what shows it."""
        plan, body = self.get_object(), self.checked(serializer_class=KeptSerializer)
        return self._moved(offers.finish_offer(actor=self.person, plan=plan, version=self._expected(), **body))


def _sheet(body: dict[str, Any]) -> dict[str, Any]:
    found = dict(body)
    if "pools" in body:
        found["pools"] = {line["pool"]: line for line in body["pools"]}
    if "displaced" in body:
        found["displaced"] = {
            group: [item["text"] for item in body["displaced"] if item["group"] == group] for group in trade_off.GROUPS
        }
    return found


def _offer(body: dict[str, Any]) -> dict[str, Any]:
    found = dict(body)
    found["offers"] = {offer["slug"]: offer["details"] for offer in body["offers"]}
    if "tasks" in body:
        found["tasks"] = {task["department"]: (task["done_on"], task["result"]) for task in body["tasks"]}
    return found
