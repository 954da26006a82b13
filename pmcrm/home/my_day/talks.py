"""What a person has to do with customers today: steps, talks, calls, and what was begun and not finished."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Exists
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from correspondence.services.waiting import SHOWN as MAILS_SHOWN
from correspondence.services.waiting import waiting_mails_of
from pmcrm.home.calls import calls_waiting_for
from pmcrm.home.my_day.block import SHOWN, Block, first_few, total_of
from touchpoints.forms.lists import whole_day
from touchpoints.models import Attendance, Draft, Interaction, NextStep, asked_of_each

if TYPE_CHECKING:
    from pmcrm.people.models import User

MOST_PLANS: Final = 100
CALLS_SHOWN: Final = 6


def steps(user: User) -> Block:
    """My steps that are due: late first, then today's."""
    today = timezone.localdate()
    mine = NextStep.objects.of(user).due_by(today).with_names().with_sight(user)
    due = first_few(mine, order_by=("day", "id"))
    return Block(
        "steps",
        _("Due steps"),
        due,
        total_of(due),
        url=reverse("next_step_list"),
        late=sum(step.is_late for step in due),
        nothing=_("No step is due. Steps that you agree on in a call come here on their day."),
    )


def meetings(user: User) -> Block:
    """What I take part in today, and what is past its time and not yet marked as held."""
    start, end = whole_day(timezone.localdate())
    mine = Interaction.objects.visible_to(user).waiting_for(user, before=end)
    rows = first_few(mine.with_customers(), order_by=("at", "id"))
    return Block(
        "meetings",
        _("Planned for today"),
        rows,
        total_of(rows),
        url=f"{reverse('interaction_list')}?status=planned&whose=mine&until={timezone.localdate():%Y-%m-%d}",
        late=sum(row.at < start for row in rows),
        nothing=_("Nothing is planned for today."),
    )


def drafts(user: User) -> Block:
    """Calls that were begun and not saved."""
    found = Draft.objects.of(user).of_quick_log().naming_accounts(user).order_by("-saved_at")[:SHOWN]
    new = reverse("interaction_create")
    rows = []
    for draft in found:
        _form, _colon, place = draft.form.partition(":")
        kind, _colon, pk = place.partition(":")
        words = (draft.data.get("notes") or draft.data.get("subject") or [""])[-1]
        rows.append(
            {"url": f"{new}?{kind}={pk}" if kind else new, "about": draft.about, "words": words, "draft": draft}
        )
    return Block("drafts", _("Drafts"), rows, len(rows))


def mails(user: User) -> Block:
    """Mails that came in and wait to be placed."""
    rows = waiting_mails_of(user)
    is_more = len(rows) > MAILS_SHOWN
    rows = rows[:MAILS_SHOWN]
    return Block("mails", _("Mails to place"), rows, len(rows), url=reverse("mail_list"), is_more=is_more)


def calls(user: User) -> Block:
    """Call-backs agreed for today, and what calls found that somebody has to look at."""
    rows = calls_waiting_for(user)
    shown = rows[:CALLS_SHOWN]
    return Block("calls", _("Calls"), shown, len(shown), url=reverse("campaign_list"), is_more=len(rows) > CALLS_SHOWN)


def plans(user: User) -> Block:
    """Calls and meetings that others plan with accounts whose relationship this person owns."""
    taking_part = asked_of_each(Interaction.colleagues.through, "interaction").filter(user=user)
    planned = (
        Attendance.objects.present()
        .current()
        .filter(account__in=Account.objects.own_of(user).filter(relationship_owner=user))
        .filter(interaction__status="planned", interaction__is_private=False, interaction__at__gte=timezone.now())
        .exclude(interaction__author=user)
        .exclude(Exists(taking_part))
    )
    first = planned.order_by("interaction__at", "interaction_id").values("pk")[: MOST_PLANS + 1]
    named = Attendance.objects.filter(pk__in=first).select_related("account", "interaction__author")
    rows = first_few(named, order_by=("at", "id"))
    return Block(
        "plans",
        _("Others plan to talk with your accounts"),
        rows,
        min(total_of(rows), MOST_PLANS),
        is_more=total_of(rows) > MOST_PLANS,
        url=f"{reverse('interaction_list')}?status=planned",
    )
