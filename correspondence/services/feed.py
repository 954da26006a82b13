"""A person's own calendar under a secret address, as calendar programs subscribe to it."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pmcrm.calendars import ical
from pmcrm.notices.models import Wishes, hash_of
from pmcrm.trail.services import record
from touchpoints.models import Interaction, InteractionKind, InteractionStatus, NextStep

if TYPE_CHECKING:
    from pmcrm.people.models import User

BACK: Final = dt.timedelta(days=30)
AHEAD: Final = dt.timedelta(days=366)
MOST: Final = 1000
USUAL_MINUTES: Final = 30
REFRESH: Final = dt.timedelta(minutes=30)
_KEPT: Final = 90 * 24 * 3600


@dataclass(frozen=True)
class Feed:
    """A calendar as it goes out: its bytes, their digest, and when they last became others."""

    content: bytes
    etag: str
    changed_at: dt.datetime


@transaction.atomic
def renew_feed(*, actor: User) -> str:
    """A new secret for the calendar's address; the old one opens nothing from now on. It is shown this once."""
    Wishes.of(actor)
    wishes, token = Wishes.objects.select_for_update().get(person=actor), secrets.token_urlsafe(32)
    verb = "feed.renewed" if wishes.feed_hash else "feed.made"
    wishes.feed_hash, wishes.feed_made_at = hash_of(token), timezone.now()
    wishes.save(update_fields=["feed_hash", "feed_made_at"])
    record(actor=actor, verb=verb, subject=wishes)
    return token


@transaction.atomic
def revoke_feed(*, actor: User) -> None:
    """Nobody reads the calendar from outside any more. A second time changes nothing."""
    wishes = Wishes.objects.select_for_update().filter(person=actor).exclude(feed_hash=None).first()
    if wishes is not None:
        wishes.feed_hash = wishes.feed_made_at = None
        wishes.save(update_fields=["feed_hash", "feed_made_at"])
        record(actor=actor, verb="feed.revoked", subject=wishes)


def feed_url(token: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{reverse('calendar_feed', args=[token])}"


def feed_for(token: str) -> Feed | None:
    """The calendar behind a secret, None where it opens nothing (any more)."""
    wishes = Wishes.objects.by_feed(token).first()
    if wishes is None:
        return None
    person = wishes.person
    with timezone.override(person.zone), translation.override(person.language):
        content = ical.write(
            [*_talks(person), *(_steps(person) if wishes.feed_has_steps else [])],
            ical.Method.PUBLISH,
            name=f"PMCRM {person.name}",
            refresh=REFRESH,
        )
    etag = hashlib.sha256(content).hexdigest()[:32]
    key = f"feed-{person.pk}"
    kept = cache.get(key)
    if kept is None or kept[0] != etag:
        kept = (etag, timezone.now().replace(microsecond=0))
        cache.set(key, kept, _KEPT)
    return Feed(content, etag, kept[1])


def _talks(person: User) -> list[ical.Event]:
    """Calls and meetings with the person that were not called off: a month back, a year ahead."""
    now = timezone.now()
    kinds = (InteractionKind.CALL, InteractionKind.MEETING)
    rows = Interaction.objects.visible_to(person).involving(person).current().filter(kind__in=kinds)
    found = rows.between(now - BACK, now + AHEAD).with_customers().order_by("at", "pk")[:MOST]
    return [_talk(person, talk) for talk in found]


def _talk(person: User, talk: Interaction) -> ical.Event:
    accounts = ", ".join(account.name for account in talk.present)
    people = ", ".join(contact.name for contact in talk.contacts.all())
    what = f"{talk.get_kind_display()}: {accounts}"
    link = settings.SITE_URL.rstrip("/") + talk.get_absolute_url()
    start = talk.at.astimezone(person.zone)
    is_held = talk.status == InteractionStatus.HELD
    return ical.Event(
        uid=f"talk-{talk.pk}@{_host()}",
        start=start,
        end=_later(start, talk.minutes or USUAL_MINUTES),
        zone=person.zone.key,
        sequence=talk.version - 1,
        summary=f"{what} – {talk.subject}" if talk.subject else what,
        description="\n".join(filter(None, [people, link])),
        url=link,
        status=ical.Status.CONFIRMED,
        alarms=() if is_held else (dt.timedelta(minutes=-15),),
        stamp=talk.created_at,
        is_private=talk.is_private,
    )


def _steps(person: User) -> list[ical.Event]:
    """Open next steps stand as whole days, on the day to which they were put off."""
    today = timezone.localdate()
    rows = NextStep.objects.of(person).due_by(today + AHEAD).order_by("due_on", "pk")[:MOST]
    link = settings.SITE_URL.rstrip("/") + reverse("next_step_list")
    return [
        ical.Event(
            uid=f"step-{step.pk}@{_host()}",
            start=step.due_day,
            end=step.due_day + dt.timedelta(days=1),
            sequence=step.version - 1,
            summary=_("Next step: %(text)s") % {"text": step.text},
            description=link,
            url=link,
            stamp=step.created_at,
        )
        for step in rows
        if step.due_day >= today - BACK
    ]


def _later(start: dt.datetime, minutes: int) -> dt.datetime:
    """So many minutes later on a watch, even where the clock is set in between."""
    return (start.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(start.tzinfo)


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
