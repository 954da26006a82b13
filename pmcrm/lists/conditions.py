"""What a list is narrowed to, as one short text that an address can carry and a person can read.

    revenue:min:10000;tier:any:A,B               each of these holds
    any(revenue:min:10000;tier:any:A)            one of these holds
    state:any:customer;any(revenue:min:10000;tier:any:A)     the first, and one of the group
    any(all(tier:any:A;step:empty);all(tier:any:B;contact:before:2026-01-01))

A condition is `field:operator:value,value`; a group joins conditions by `all` or `any`, and the groups are joined so in
turn: two levels. A comma, semicolon, parenthesis or backslash inside a value has a backslash before it. This module
knows the text alone; what fields, operators and values mean, `pmcrm.lists.fields` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

ALL: Final = "all"
ANY: Final = "any"
LONGEST: Final = 1000
MOST_CONDITIONS: Final = 20
MOST_GROUPS: Final = 6
_GROUP: Final = re.compile(r"(all|any)\((.*)\)", re.DOTALL)
_SIGN: Final = re.compile(r"[,;()\\]")


@dataclass(frozen=True)
class Condition:
    """`revenue:between:100,200`. Operators such as `empty` take no value."""

    field: str
    operator: str
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        values = ",".join(_SIGN.sub(r"\\\g<0>", value) for value in self.values)
        return f"{self.field}:{self.operator}:{values}" if self.values else f"{self.field}:{self.operator}"


@dataclass(frozen=True)
class Group:
    """Conditions of which all hold, or any."""

    joined: str = ALL
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Conditions:
    """Groups of which all hold, or any. Without groups everything is in the list."""

    joined: str = ALL
    groups: tuple[Group, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.groups)

    def __iter__(self) -> Iterator[Condition]:
        return (condition for group in self.groups for condition in group.conditions)

    def __str__(self) -> str:
        if len(self.groups) == 1:
            group = self.groups[0]
            text = ";".join(map(str, group.conditions))
            return text if group.joined == ALL or len(group.conditions) == 1 else f"{ANY}({text})"
        text = ";".join(_written(group) for group in self.groups)
        return text if self.joined == ALL else f"{ANY}({text})"

    def tidy(self) -> Conditions:
        """Without empty groups; groups that are joined as their conditions are become one."""
        groups = [group for group in self.groups if group.conditions]
        if len(groups) < 2:
            return Conditions(ALL, tuple(groups))
        found: list[Group] = []
        loose = -1
        for group in groups:
            if group.joined != self.joined and len(group.conditions) > 1:
                found.append(group)
            elif loose < 0:
                loose = len(found)
                found.append(Group(self.joined, group.conditions))
            else:
                found[loose] = Group(self.joined, found[loose].conditions + group.conditions)
        return Conditions(self.joined if len(found) > 1 else ALL, tuple(found))

    def without(self, group: int, condition: int | None = None) -> Conditions:
        """The same without a group, or without one condition of it."""
        groups = list(self.groups)
        if condition is None:
            del groups[group]
        else:
            kept = groups[group].conditions
            groups[group] = replace(groups[group], conditions=kept[:condition] + kept[condition + 1 :])
        return replace(self, groups=tuple(groups)).tidy()


def _written(group: Group) -> str:
    text = ";".join(map(str, group.conditions))
    return text if len(group.conditions) == 1 else f"{group.joined}({text})"


def parse(text: str) -> tuple[Conditions, list[str]]:
    """The conditions that the text says, and the parts of it that say none."""
    if len(text) > LONGEST:
        return Conditions(), [text[:40] + "…"]
    parts = list(_split(text, ";"))
    joined = ALL
    if len(parts) == 1 and (whole := _GROUP.fullmatch(parts[0])):
        # A single group of single conditions is just that group; one that holds groups joins them.
        joined, parts = whole[1], list(_split(whole[2], ";"))
    groups, broken = [], []
    loose: list[Condition] = []
    for part in parts:
        if group := _GROUP.fullmatch(part):
            found, bad = _conditions(_split(group[2], ";"))
            broken += bad
            groups.append(Group(group[1], tuple(found)))
        else:
            found, bad = _conditions([part])
            loose, broken = loose + found, broken + bad
    if loose:
        groups.insert(0, Group(joined, tuple(loose)))
    return Conditions(joined, tuple(groups)).tidy(), broken


def _conditions(parts: Iterable[str]) -> tuple[list[Condition], list[str]]:
    found, broken = [], []
    for part in parts:
        if not part.strip():
            continue
        if condition := _condition(part):
            found.append(condition)
        else:
            broken.append(part)
    return found, broken


def _condition(text: str) -> Condition | None:
    field, _colon, rest = text.strip().partition(":")
    operator, colon, value = rest.partition(":")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", field) or not re.fullmatch(r"[a-z]+", operator):
        return None
    values = tuple(re.sub(r"\\(.)", r"\1", one, flags=re.DOTALL) for one in _split(value, ",")) if colon else ()
    return Condition(field, operator, values)


def _split(text: str, sign: str) -> Iterator[str]:
    """The parts between signs that stand in no parentheses and behind no backslash."""
    depth, start, at = 0, 0, 0
    while at < len(text):
        match text[at]:
            case "\\":
                at += 1
            case "(":
                depth += 1
            case ")":
                depth -= 1
            case one if one == sign and depth <= 0:
                yield text[start:at]
                start = at + 1
        at += 1
    yield text[start:]
