"""Reminders: before a talk, in the morning of a day with next steps, and by mail what a working day brings.

Each fires once: whoever writes its row tells it. A talk that was moved is told anew for its new time, and no more for
the old one.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.countries import country_of_zone
from accounts.working_day import is_working_day
from correspondence.models import Reminder
from pmcrm.notices.mail import NotSent, new_message_id, send
from pmcrm.notices.models import Wishes
from pmcrm.people.models import Organisation
from touchpoints.models import Interaction, InteractionKind, NextStep

if TYPE_CHECKING:
    from pmcrm.people.models import User

log = logging.getLogger(__name__)

MORNING: Final = dt.time(8)
DIGEST_FROM: Final = dt.time(6)
DIGEST_UNTIL: Final = dt.time(11)
LATE_BY: Final = dt.timedelta(minutes=10)
LOOKED_EVERY: Final = dt.timedelta(minutes=15)
AT_ONCE: Final = 10
KEPT_FOR: Final = dt.timedelta(days=60)
_TALKS: Final = (InteractionKind.CALL, InteractionKind.MEETING)


@dataclass(frozen=True)
class Told:
    """What a page shows somebody: a sentence, and where it leads."""

    text: str
    url: str


def due_now(*, person: User) -> list[Told]:
    """What the person is to be told now and was not told yet. Asked again it is empty."""
    now = timezone.now()
    return [told for key, told in (*_talks(person, now), *_steps(person, now)) if _is_first(person, key)]


def _is_first(person: User, key: str) -> bool:
    return Reminder.objects.get_or_create(person=person, key=key)[1]


def _talks(person: User, now: dt.datetime) -> list[tuple[str, Told]]:
    wishes = Wishes.objects.filter(person=person).first() or Wishes(person=person)
    if not wishes.remind_minutes:
        return []
    until = now + dt.timedelta(minutes=wishes.remind_minutes)
    rows = Interaction.objects.visible_to(person).waiting_for(person, before=until).filter(kind__in=_TALKS)
    talks = list(rows.filter(at__gt=now - LATE_BY).with_customers().order_by("at", "pk")[:AT_ONCE])
    known = _known(person, [_key(talk) for talk in talks])
    return [(_key(talk), _told(talk)) for talk in talks if _key(talk) not in known]


def _key(talk: Interaction) -> str:
    return f"talk {talk.pk} {talk.at.astimezone(dt.UTC):%Y-%m-%dT%H:%M}"


def _told(talk: Interaction) -> Told:
    accounts = ", ".join(account.name for account in talk.present)
    values = {"time": f"{timezone.localtime(talk.at):%H:%M}", "kind": talk.get_kind_display(), "accounts": accounts}
    sentence = _("%(time)s %(kind)s with %(accounts)s") % values
    return Told(f"{sentence}: {talk.subject}" if talk.subject else sentence, talk.get_absolute_url())


def _steps(person: User, now: dt.datetime) -> list[tuple[str, Told]]:
    """All steps of a day together, once, from eight in the person's own morning."""
    here = now.astimezone(person.zone)
    key = f"steps {here.date()}"
    if here.time() < MORNING or _known(person, [key]):
        return []
    count = NextStep.objects.of(person).due_by(here.date()).count()
    if not count:
        return []
    sentence = ngettext("%(count)s next step is due.", "%(count)s next steps are due.", count) % {"count": count}
    return [(key, Told(sentence, reverse("next_step_list")))]


def _known(person: User, keys: list[str]) -> set[str]:
    return set(Reminder.objects.filter(person=person, key__in=keys).values_list("key", flat=True)) if keys else set()


# By mail --------------------------------------------------------------------------------------------------------------


def send_digests(*, now: dt.datetime | None = None) -> int:
    """Mail each who wishes it what this working day brings, in their own morning. Returns how many mails went out."""
    moment = now or timezone.now()
    rows = Wishes.objects.filter(has_digest=True, person__is_active=True).select_related("person").order_by("pk")
    return sum(_send_digest(wishes.person, moment) for wishes in rows.iterator(chunk_size=500))


def _send_digest(person: User, now: dt.datetime) -> bool:
    here = now.astimezone(person.zone)
    if (
        not is_working_day(country_of_zone(person.time_zone), "", here.date())
        or not DIGEST_FROM <= here.time() < DIGEST_UNTIL
    ):
        return False
    try:
        with transaction.atomic():
            return _is_first(person, f"digest {here.date()}") and _mailed(person, here.date())
    except NotSent as failure:
        log.warning("A digest could not be sent: %s", failure.sentence)
        return False  # rolled back with its row: the next run tries again


def mail_talks(*, now: dt.datetime | None = None) -> int:
    """Mail each who wishes it of a talk so long before it, or up to a quarter of an hour earlier: so often is looked.
    Returns how many mails went out."""
    moment = now or timezone.now()
    rows = Wishes.objects.filter(mail_minutes__gt=0, person__is_active=True).select_related("person").order_by("pk")
    return sum(_mail_talks(wishes, moment) for wishes in rows.iterator(chunk_size=500))


def _mail_talks(wishes: Wishes, now: dt.datetime) -> int:
    person, until = wishes.person, now + LOOKED_EVERY + dt.timedelta(minutes=wishes.mail_minutes)
    rows = Interaction.objects.visible_to(person).waiting_for(person, before=until).filter(kind__in=_TALKS, at__gt=now)
    talks = list(rows.with_customers().order_by("at", "pk")[:AT_ONCE])
    known, count = _known(person, [f"mail {_key(talk)}" for talk in talks]), 0
    for talk in talks:
        if f"mail {_key(talk)}" not in known:
            try:
                with transaction.atomic():
                    if _is_first(person, f"mail {_key(talk)}"):
                        _mail_talk(person, talk)
                        count += 1
            except NotSent as failure:
                log.warning("A reminder could not be sent: %s", failure.sentence)
    return count


def _mail_talk(person: User, talk: Interaction) -> None:
    site = settings.SITE_URL.rstrip("/")
    with translation.override(person.language), timezone.override(person.zone):
        context = {
            "person": person,
            "talk": talk,
            "told": _told(talk).text,
            "link": site + talk.get_absolute_url(),
            "settings_link": site + reverse("wishes_edit"),
        }
        subject = " ".join(render_to_string("correspondence/talk_mail/subject.txt", context).split())
        text = render_to_string("correspondence/talk_mail/mail.txt", context)
    send(to=[person.email], subject=subject, text=text, message_id=new_message_id(), is_automatic=True)


def _mailed(person: User, day: dt.date) -> bool:
    start = dt.datetime.combine(day, dt.time(), person.zone)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), person.zone)
    rows = Interaction.objects.visible_to(person).waiting_for(person, before=end).filter(at__gte=start)
    talks = list(rows.with_customers().order_by("at", "pk")[:50])
    steps = list(NextStep.objects.of(person).due_by(day).order_by("due_on", "pk")[:50])
    if not talks and not steps:
        return False
    site = settings.SITE_URL.rstrip("/")
    context = {
        "person": person,
        "organisation": Organisation.current(),
        "talks": talks,
        "steps": steps,
        "link": site + reverse("my_day"),
        "settings_link": site + reverse("wishes_edit"),
    }
    with translation.override(person.language), timezone.override(person.zone):
        subject = render_to_string("correspondence/digest/subject.txt", context).strip()
        text = render_to_string("correspondence/digest/mail.txt", context)
    send(to=[person.email], subject=subject, text=text, message_id=new_message_id(), is_automatic=True)
    return True


def forget_old_reminders() -> int:
    """Called every night: what was told two months ago is needed no more."""
    return Reminder.objects.filter(made_at__lt=timezone.now() - KEPT_FOR).delete()[0]
