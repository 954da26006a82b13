"""The text of a filter: what it says, how it is written again, and what is left when a part goes."""

from __future__ import annotations

import pytest

from pmcrm.lists.conditions import ALL, ANY, Condition, Conditions, Group, parse

A, B, C = Condition("a", "empty"), Condition("b", "is", ("x",)), Condition("c", "any", ("1", "2"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Conditions()),
        ("a:empty", Conditions(ALL, (Group(ALL, (A,)),))),
        ("a:empty;b:is:x;c:any:1,2", Conditions(ALL, (Group(ALL, (A, B, C)),))),
        ("any(a:empty;b:is:x)", Conditions(ALL, (Group(ANY, (A, B)),))),
        ("a:empty;any(b:is:x;c:any:1,2)", Conditions(ALL, (Group(ALL, (A,)), Group(ANY, (B, C))))),
        ("any(a:empty;all(b:is:x;c:any:1,2))", Conditions(ANY, (Group(ANY, (A,)), Group(ALL, (B, C))))),
        ("any(all(a:empty;b:is:x);all(b:is:x;c:any:1,2))", Conditions(ANY, (Group(ALL, (A, B)), Group(ALL, (B, C))))),
    ],
)
def test_a_text_says_what_it_is_written_from(text: str, meant: Conditions) -> None:
    assert parse(text) == (meant, [])
    assert str(meant) == text


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("a:empty;all(b:is:x;c:any:1,2)", "a:empty;b:is:x;c:any:1,2"),
        ("any(any(a:empty;b:is:x);c:any:1,2)", "any(c:any:1,2;a:empty;b:is:x)"),
        ("all(a:empty)", "a:empty"),
        (";;a:empty;", "a:empty"),
    ],
)
def test_what_is_said_too_often_is_written_once(text: str, tidy: str) -> None:
    assert str(parse(text)[0]) == tidy


def test_any_sign_can_stand_in_a_value() -> None:
    wanted = Condition("a", "any", ("x,y", "(z);", "back\\slash", "50 % & more: done", ""))

    assert parse(str(wanted)) == (Conditions(ALL, (Group(ALL, (wanted,)),)), [])


@pytest.mark.parametrize(
    ("text", "left", "broken"),
    [
        ("nonsense;a:empty", "a:empty", ["nonsense"]),
        ("any(a:empty;A:is:x)", "a:empty", ["A:is:x"]),
        ("any(a:empty", "", ["any(a:empty"]),
        ("))(;a:empty", "a:empty", ["))("]),
        ("x" * 1001, "", ["x" * 40 + "…"]),
        ("any(all(any(a:empty;b:is:x);c:any:1,2);a:empty)", "any(a:empty;c:any:1,2)", ["any(a:empty;b:is:x)"]),
    ],
)
def test_what_is_no_condition_is_given_back(text: str, left: str, broken: list[str]) -> None:
    found, bad = parse(text)

    assert (str(found), bad) == (left, broken)


def test_a_part_is_taken_off() -> None:
    both = parse("a:empty;b:is:x;any(b:is:x;c:any:1,2)")[0]

    assert str(both.without(0, 0)) == "b:is:x;any(b:is:x;c:any:1,2)"
    assert str(both.without(1)) == "a:empty;b:is:x"
    assert str(both.without(1, 0)) == "a:empty;b:is:x;c:any:1,2"
    assert [str(one) for one in both] == ["a:empty", "b:is:x", "b:is:x", "c:any:1,2"]
