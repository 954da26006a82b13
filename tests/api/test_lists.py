from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.urls")]
DEPARTMENTS = "/api/v1/departments/"


def names(answer: object) -> list[str]:
    return [row["name"] for row in answer.json()["results"]]  # type: ignore[attr-defined]  # a response


@pytest.fixture
def five(db: None) -> None:
    for name in "BDACE":
        build.department(name=name, pool="support" if name in "AB" else "product")


def test_cursor_walks_forth_and_back(api: APIClient, five: None) -> None:
    first = api.get(DEPARTMENTS, {"page_size": 2})
    assert (names(first), first.json()["previous"]) == (["A", "B"], None)
    second = api.get(first.json()["next"])
    assert names(second) == ["C", "D"]
    third = api.get(second.json()["next"])
    assert (names(third), third.json()["next"]) == (["E"], None)
    assert names(api.get(third.json()["previous"])) == ["C", "D"]


def test_order_and_filter(api: APIClient, five: None) -> None:
    assert names(api.get(DEPARTMENTS, {"ordering": "-name"})) == ["E", "D", "C", "B", "A"]
    assert names(api.get(DEPARTMENTS, {"pool": "support"})) == ["A", "B"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "WzEyM10"}, "cursor"),
        ({"cursor": "W2ZhbHNlLCJhXHUwMDAwIiw1XQ"}, "cursor"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "201"}, "page_size"),
        ({"page_size": "²"}, "page_size"),
        ({"ordering": "password"}, "ordering"),
        ({"pool": "astrology"}, "pool"),
        ({"search": "a\x00b"}, "search"),
    ],
)
def test_a_wrong_parameter_is_named(api: APIClient, five: None, query: dict[str, str], field: str) -> None:
    answer = api.get(DEPARTMENTS, query)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_the_number_of_queries_does_not_grow(api: APIClient, five: None, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(3):  # type: ignore[operator]  # a fixture; token, its siblings, rows
        api.get(DEPARTMENTS)
