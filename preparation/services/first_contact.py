"""The first talk with an account decides much: it is found out, marked, and asks for preparation."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from touchpoints.models import TALKED, Attendance, Interaction, InteractionKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import Account
    from pmcrm.people.models import User


def first_for(interaction: Interaction, accounts: Iterable[Account] | None = None) -> list[Account]:
    """The accounts present with which nobody of us spoke both ways before it. Private talks are left out, as in all
    figures of contact; a note, a mail or a dial that nobody answered is no talk."""
    if not is_a_talk(interaction):
        return []
    here = list(interaction.present if accounts is None else accounts)
    spoken = Interaction.objects.kept().two_way().filter(is_private=False, at__lt=interaction.at)
    known = set(
        Attendance.objects.present()
        .filter(account__in=here, interaction__in=spoken.exclude(pk=interaction.pk))
        .values_list("account_id", flat=True)
    )
    return [account for account in here if account.pk not in known]


def is_a_talk(interaction: Interaction) -> bool:
    """A meeting or a call, planned, or held and talked through."""
    if interaction.kind == InteractionKind.MEETING or interaction.is_planned:
        return interaction.kind in {InteractionKind.MEETING, InteractionKind.CALL}
    talked = interaction.outcome in TALKED or (not interaction.outcome and interaction.minutes > 0)
    return interaction.kind == InteractionKind.CALL and talked


def first_contacts(user: User, *, since: dt.datetime, until: dt.datetime) -> QuerySet[Attendance]:
    """First talks of that span at accounts that the person sees, each with its account: planned and held ones."""
    earlier = (
        Attendance.objects.present()
        .filter(account=OuterRef("account"), at__lt=OuterRef("at"))
        .filter(interaction__in=Interaction.objects.kept().two_way().filter(is_private=False))
    )
    talks = Interaction.objects.visible_to(user).filter(is_private=False, at__gte=since, at__lt=until)
    meant = talks.two_way() | talks.planned().filter(kind__in=[InteractionKind.CALL, InteractionKind.MEETING])
    found = Attendance.objects.visible_to(user).present().filter(at__gte=since, at__lt=until, interaction__in=meant)
    return found.filter(~Exists(earlier)).select_related("account", "interaction__author", "interaction__sheet")


def unprepared(rows: QuerySet[Attendance]) -> QuerySet[Attendance]:
    """Of first talks those whose sheet is not complete, or was not when they began."""
    ready = Q(interaction__sheet__share_at_start=1) | Q(
        interaction__sheet__share_at_start=None, interaction__sheet__share=1, interaction__status="planned"
    )
    return rows.exclude(pk__in=rows.filter(ready).values("pk"))
