"""The words around a mention, for those who see what it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.apps import apps

from accounts import naming
from accounts.services.erasure_places import read_text

if TYPE_CHECKING:
    from accounts.models import Mention
    from pmcrm.people.models import User

_AROUND: Final = 60

Parts = tuple[str, str, str]


def what(actor: User, mention: Mention) -> tuple[Any | None, str]:
    """The thing that the mention stands in and its address; None where the actor does not see it."""
    model: Any = apps.get_model(mention.label)
    rows = model._default_manager
    seen = rows.visible_to(actor) if hasattr(rows, "visible_to") else rows.all()
    thing = seen.filter(pk=mention.object_id).first()
    return thing, thing.get_absolute_url() if hasattr(thing, "get_absolute_url") else ""


def excerpt(actor: User, mention: Mention) -> tuple[Parts | None, str]:
    """Before, the place itself and after it, with the address of the thing. None where the actor does not see the thing
    or the text was changed since."""
    thing, url = what(actor, mention)
    if thing is None:
        return None, ""
    text = read_text(mention.label, mention.object_id, mention.column)
    if text is None or naming.digest(text) != mention.digest or not mention.spans:
        return None, url
    start, end = mention.spans[0]
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return (
        ("…" if start > _AROUND else "") + before,
        text[start:end],
        after + ("…" if len(text) > end + _AROUND else ""),
    ), url
