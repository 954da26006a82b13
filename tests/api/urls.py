"""The site, and two small endpoints on people's departments, to show what every endpoint gets from the ground."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import include, path
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

import pmcrm.urls
from pmcrm.api.endpoints import routes
from pmcrm.api.serializers import ModelSerializer
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.lists.api import Collection, Filter
from pmcrm.people.models import Department, Pool, User


class DepartmentSerializer(ModelSerializer):
    class Meta:
        model = Department
        fields = ["id", "name", "pool"]

    def hidden_from(self, person: User, thing: Any) -> tuple[str, ...]:
        return () if person.may("people.write") else ("pool",)


class DepartmentEndpoint(Collection):
    rights = {
        "list": "people.read",
        "retrieve": "people.read",
        "create": "people.write",
        "partial_update": "people.write",
        "close": "people.write",
    }
    serializer_class = DepartmentSerializer
    queryset = Department.objects.all()
    orderings = {"name": "name", "id": "id"}
    filters = {"pool": Filter(forms.ChoiceField(choices=Pool.choices), meaning="Whose hours these are.")}

    def create(self, request: Request) -> Response:
        return self.created(Department.objects.create(**self.checked()))

    def partial_update(self, request: Request, pk: int) -> Response:
        self.get_object()
        if self.expected_version() != 7:
            raise StaleVersion("Ada changed this in between.", current={"version": 7})
        return self.answer(self.get_object())

    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        raise RuleViolation("Somebody works here.", code="in_use", fields={"name": "Choose another."})


urlpatterns = [
    path("api/v1/", include(routes(departments=DepartmentEndpoint))),
    *pmcrm.urls.urlpatterns,
]
