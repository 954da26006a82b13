"""Writes that may be sent twice. A client that heard no answer repeats its request with the same Idempotency-Key.

The answer is stored in the write's own transaction, per person and path, for a day: either both are there or neither.
So a refused write leaves nothing behind and may be sent again, corrected, under the same key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from pmcrm.api.models import Answer
from pmcrm.api.problems import Conflict

HEADER: Final = "Idempotency-Key"
RETRY_AFTER_SECONDS: Final = 1
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


def once(handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any) -> Response:
    """Run the write of `handler`, or answer again what it answered the first time."""
    key = request.headers[HEADER]
    if not _KEY.fullmatch(key):
        raise ValidationError({HEADER: _("A key has 1 to 255 printable ASCII characters and no space.")})
    path = f"{request.method} {request.path}"[:500]
    body_hash = _hash_of(request.data)
    person_id = int(request.user.pk or 0)
    mine = Answer.objects.of(person_id)
    with transaction.atomic():
        if not _take_turn(f"{person_id} {path} {key}"):
            raise Conflict(_("The first request with this key is still under way."), wait=RETRY_AFTER_SECONDS)
        mine.outdated().delete()
        known = mine.filter(path=path, key=key).first()
        if known is not None:
            return _again(known, body_hash)
        response = handler(request, *args, **kwargs)
        mine.create(
            person_id=person_id,
            path=path,
            key=key,
            body_hash=body_hash,
            status=response.status_code,
            body=JSONRenderer().render(response.data).decode() if response.data is not None else "",
            location=response.headers.get("Location", ""),
        )
        return response


def _take_turn(name: str) -> bool:
    """A lock that the database drops with the transaction; False while another request holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def _again(known: Answer, body_hash: str) -> Response:
    if known.body_hash != body_hash:
        raise Conflict(_("This key was used for another request body. Take a new key for a new write."))
    headers = {"Idempotency-Replayed": "true"}
    if known.location:
        headers["Location"] = known.location
    return Response(json.loads(known.body) if known.body else None, status=known.status, headers=headers)


def _hash_of(data: Any) -> str:
    """Equal for equal content, whatever the order of its members; of a file its name and bytes count."""
    return sha256(json.dumps(_plain(data), sort_keys=True, default=str).encode()).hexdigest()


def _plain(data: Any) -> Any:
    if hasattr(data, "lists"):
        return {name: [_file_hash(value) for value in values] for name, values in data.lists()}
    return data


def _file_hash(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return [value.name, digest.hexdigest()]
