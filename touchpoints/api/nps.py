"""Answers to the question of the net promoter score, and the score over those that the same filters list."""

from __future__ import annotations

from typing import Any

from django import forms
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter, Narrowing
from touchpoints.forms.nps import BASES, EVERY, LATEST
from touchpoints.models import NpsAnswer


class NpsAnswerSerializer(ModelSerializer):
    class Meta:
        model = NpsAnswer
        fields = [
            "id", "account", "contact", "respondent", "score", "answered_on", "comment", "market", "touchpoint",
            "source", "ref", "version",
        ]  # fmt: skip
        read_only_fields = fields


class PromoterScoreSerializer(Serializer):
    """Counts of answers; the score from -100 to 100 with its 95 percent margin is null under ten answers."""

    base = serializers.ChoiceField(choices=BASES)
    answers = serializers.IntegerField()
    promoters = serializers.IntegerField(help_text="Gave 9 or 10.")
    passives = serializers.IntegerField(help_text="Gave 7 or 8.")
    detractors = serializers.IntegerField(help_text="Gave 6 or less.")
    mean = serializers.FloatField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True)


class NpsAnswers(Collection):
    """Answers of visible accounts, the newest first. They come in by import."""

    serializer_class = NpsAnswerSerializer
    queryset = NpsAnswer.objects.none()
    orderings = {"answered_on": "answered_on", "id": "id"}
    default_ordering = "-answered_on"
    filters = {
        "account": Filter(forms.IntegerField(min_value=1), meaning="Id of an account."),
        "contact": Filter(forms.IntegerField(min_value=1), meaning="Id of a contact."),
        "market": Filter(forms.CharField(max_length=100)),
        "touchpoint": Filter(forms.CharField(max_length=100)),
        "since": Filter(forms.DateField(), "answered_on__gte", "From this day on."),
        "until": Filter(forms.DateField(), "answered_on__lte", "Up to this day."),
    }
    rights = {"list": "account.read", "retrieve": "account.read", "score": "account.read"}

    def get_queryset(self) -> Any:
        return NpsAnswer.objects.visible_to(self.person)

    @extend_schema(
        responses=PromoterScoreSerializer,
        parameters=[OpenApiParameter("base", enum=[base for base, _label in BASES], description="Default: latest.")],
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def score(self, request: Request) -> Response:
        """The promoter score of these answers: of each person's latest, or of every answer."""
        base = request.query_params.get("base") or LATEST
        if base not in dict(BASES):
            raise ValidationError({"base": f"Right would be one of: {LATEST}, {EVERY}."})
        rows: Any = Narrowing().filter_queryset(request, self.get_queryset(), self)
        found = (rows.latest_per_person() if base == LATEST else rows).promoter_score()
        names = ("answers", "promoters", "passives", "detractors", "mean", "score", "margin")
        said = {"base": base} | {name: getattr(found, name) for name in names}
        return Response(PromoterScoreSerializer(said).data)
