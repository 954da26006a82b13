"""One working day before, by their own clock, whoever takes part in a talk hears that it is not prepared; once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from accounts.models import Account
from pmcrm.notices.models import Notice
from pmcrm.people.models import User
from preparation.models import Sheet
from preparation.services.reminders import count_anew, freeze_begun, recall_incomplete
from preparation.services.sheets import write_sheet
from tests import build
from touchpoints.services.interactions import move_interaction

pytestmark = pytest.mark.django_db

# Monday the 9th of March 2026, ten o'clock in Tokyo.
MEETING = dt.datetime(2026, 3, 9, 1, tzinfo=dt.UTC)
# Friday the 6th, eight o'clock there.
MORNING = dt.datetime(2026, 3, 5, 23, tzinfo=dt.UTC)


@pytest.fixture
def hana() -> User:
    return build.user("product_manager", name="Hana", time_zone="Asia/Tokyo")


@pytest.fixture
def account(hana: User) -> Account:
    return build.account(product_manager=hana)


def test_on_the_morning_of_the_last_working_day_before(hana: User, account: Account) -> None:
    talk = build.interaction(account, author=hana, kind="meeting", status="planned", at=MEETING)
    assert recall_incomplete(MORNING - dt.timedelta(minutes=1)) == 0
    assert recall_incomplete(MORNING) == 1
    assert recall_incomplete(MORNING + dt.timedelta(hours=5)) == 0
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.path) == (hana, "prepare", f"/interactions/{talk.pk}/prepare/")
    with time_machine.travel(MORNING, tick=False):
        move_interaction(actor=hana, interaction=talk, to=MEETING + dt.timedelta(days=1))
    # For another time it is another reminder.
    assert recall_incomplete(MEETING) == 1


def test_everybody_of_ours_who_takes_part_hears_of_it_by_their_own_calendar(hana: User, account: Account) -> None:
    """A meeting on Thursday the 7th of May: in Japan, where the 4th to the 6th are kept, Friday the 1st is the last
    working day before; in Germany Wednesday the 6th is."""
    bernd = build.user("sales_owner", time_zone="Europe/Berlin")
    left = build.user("sales_owner", is_active=False)
    at = dt.datetime(2026, 5, 7, 1, tzinfo=dt.UTC)
    talk = build.interaction(account, author=hana, kind="meeting", status="planned", at=at)
    talk.colleagues.add(bernd, left)
    assert recall_incomplete(dt.datetime(2026, 4, 30, 22, 59, tzinfo=dt.UTC)) == 0
    assert recall_incomplete(dt.datetime(2026, 4, 30, 23, 0, tzinfo=dt.UTC)) == 1
    assert recall_incomplete(dt.datetime(2026, 5, 6, 5, 59, tzinfo=dt.UTC)) == 0
    assert recall_incomplete(dt.datetime(2026, 5, 6, 6, 0, tzinfo=dt.UTC)) == 1
    assert list(Notice.objects.order_by("pk").values_list("person", flat=True)) == [hana.pk, bernd.pk]


def test_whatever_is_complete_held_or_called_off_is_left_in_peace(hana: User, account: Account) -> None:
    build.interaction(account, author=hana, kind="meeting", status="cancelled", at=MEETING)
    build.interaction(account, author=hana, kind="note", status="planned", at=MEETING)
    build.interaction(account, author=hana, kind="call", status="planned", at=MORNING - dt.timedelta(hours=1))
    assert recall_incomplete(MORNING) == 0


def test_a_sheet_is_kept_as_it_was_when_the_talk_began(hana: User, account: Account) -> None:
    talk = build.interaction(account, author=hana, kind="call", status="planned", at=MEETING)
    with time_machine.travel(MORNING, tick=False):
        write_sheet(actor=hana, interaction=talk, version=0, values={"listener_role": "shared"})
    # One of eight: nobody in sales whose line is asked for. Not yet begun.
    assert freeze_begun(MEETING - dt.timedelta(minutes=1)) == 0
    assert freeze_begun(MEETING) == 1
    sheet = Sheet.objects.get()
    assert sheet.share_at_start == sheet.share == Decimal("0.125000")
    with time_machine.travel(MEETING + dt.timedelta(hours=2), tick=False):
        write_sheet(actor=hana, interaction=talk, version=2, values={"issues_note": "Known now"})
    sheet.refresh_from_db()
    assert (sheet.share, sheet.share_at_start) == (Decimal("0.250000"), Decimal("0.125000"))


def test_shares_ahead_are_counted_anew(hana: User, account: Account) -> None:
    talk = build.interaction(account, author=hana, kind="call", status="planned", at=MEETING)
    with time_machine.travel(MORNING, tick=False):
        write_sheet(actor=hana, interaction=talk, version=0, values={"listener_role": "shared"})
        Account.objects.filter(pk=account.pk).update(business_summary="Ferries", business_as_of=MORNING.date())
        assert count_anew(MORNING) == 1
        assert Sheet.objects.get().share == Decimal("0.250000")
        assert count_anew(MORNING) == 0
