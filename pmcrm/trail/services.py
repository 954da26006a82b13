"""Writing the trail. Every service that changes something calls `record` inside its own transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone

from pmcrm.trail.models import TrailEntry, ViewLog

if TYPE_CHECKING:
    from pmcrm.people.models import User


def record(
    *, actor: User | None, verb: str, subject: models.Model, account_id: int | None = None, **data: Any
) -> TrailEntry:
    """Add one event. `verb` reads `thing.done` ("account.edited"); `actor` is None only for the clock's own work.

    `data` must hold no sensitive value: the trail of an account is seen by more people than its temperament.
    """
    return TrailEntry.objects.create(
        actor=actor,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:200],
        account_id=account_id,
        data=_plain(data),
    )


def record_all(
    *, actor: User | None, verb: str, subjects: Iterable[models.Model], account_ids: Iterable[int | None], **data: Any
) -> int:
    """The same event for many subjects at once; `account_ids` runs beside them. Returns how many there were."""
    plain = _plain(data)
    entries = [
        TrailEntry(
            actor=actor,
            verb=verb,
            subject_type=subject._meta.label_lower,
            subject_id=str(subject.pk),
            subject_label=str(subject)[:200],
            account_id=account_id,
            data=plain,
        )
        for subject, account_id in zip(subjects, account_ids, strict=True)
    ]
    TrailEntry.objects.bulk_create(entries, batch_size=2000)
    return len(entries)


def record_set(
    *, actor: User | None, verb: str, model: type[models.Model], rows: str, values: Mapping[str, Any]
) -> int:
    """The same for a set that only the database holds. `rows` is SQL, `values` are its parameters: it yields the key of
    each subject, its label, its account's key and its data as jsonb. Returns how many there were."""
    named = {"actor": actor.pk if actor else None, "verb": verb, "model": model._meta.label_lower}
    columns = "at, actor_id, verb, subject_type, subject_id, subject_label, account_id, data"
    chosen = "now(), %(actor)s, %(verb)s, %(model)s, one.key::text, left(one.label, 200), one.account_id, one.data"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO trail_trailentry ({columns})"  # noqa: S608  SQL of ours, its values apart
            f" SELECT {chosen} FROM ({rows}) AS one (key, label, account_id, data)",
            {**values, **named},
        )
        return int(cursor.rowcount)


def record_view(*, actor: User, subject: models.Model, through: str = "page") -> ViewLog:
    """Note that `actor` saw something sensitive."""
    return ViewLog.objects.create(
        actor=actor,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:200],
        through=through,
    )


def record_views(*, actor: User, subjects: Iterable[models.Model], through: str = "list") -> None:
    """The same for several things seen at once, in one statement."""
    seen = [(subject._meta.label_lower, str(subject.pk), str(subject)[:200]) for subject in subjects]
    if not seen:
        return
    # Django's own bulk insert opens a transaction around its one statement: three questions instead of one.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO trail_viewlog (at, actor_id, through, subject_type, subject_id, subject_label)
            SELECT %s, %s, %s, unnest(%s), unnest(%s), unnest(%s)
            """,
            [timezone.now(), actor.pk, through, *map(list, zip(*seen, strict=True))],
        )


@contextmanager
def words_may_go() -> Iterator[None]:
    """Let the words of rows be taken out, and nothing else of them. A failure rolls the setting back as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pmcrm.forgetting', 'on', true)")
        yield
        cursor.execute("SELECT set_config('pmcrm.forgetting', 'off', true)")


def forget(subjects: Mapping[str, Iterable[int]], *, account_ids: Iterable[int] = ()) -> int:
    """Take the words out of all rows about these (by "app.model": keys) and of these accounts' trails. That something
    happened, when and by whom stays. Within a transaction. Returns how many rows there were."""
    count = 0
    gone: dict[str, Any] = {"subject_label": "", "data": {}}
    with words_may_go():
        if keys := list(account_ids):
            count += TrailEntry.objects.filter(account_id__in=keys).update(**gone)
        for subject_type, about_keys in subjects.items():
            about = {"subject_type": subject_type, "subject_id__in": [str(key) for key in about_keys]}
            count += TrailEntry.objects.filter(**about).update(**gone)
            ViewLog.objects.filter(**about).update(subject_label="")
    return count


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """What differs, as {field: [old, new]}, for the `changes` of an edit's trail row."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}


def _plain(data: dict[str, Any]) -> Any:
    return json.loads(json.dumps(data, cls=DjangoJSONEncoder, default=str))
