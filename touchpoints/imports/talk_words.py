"""Words of a file of interactions: kinds, states, directions and voices, as other systems write them."""

from __future__ import annotations

from typing import Final

from accounts.imports.words import choice_words, know_people, know_words, yes_no_words
from pmcrm.exchange.registry import Batch
from touchpoints.models import InteractionKind, InteractionStatus, Outcome, Voice

_KINDS: Final = {
    "call": ("phone call", "phone", "telephone", "telephone call", "anruf", "telefonat", "звонок", "电话", "appel",
             "llamada", "dial", "voice"),
    "meeting": ("visit", "demo", "demonstration", "appointment", "event", "web meeting", "video call", "on-site",
                "besprechung", "termin", "treffen", "встреча", "会议", "拜访", "réunion", "reunión", "rendez-vous"),
    "mail": ("email", "e-mail", "letter", "e-mail sent", "письмо", "邮件", "courriel", "correo"),
    "note": ("comment", "memo", "notiz", "заметка", "备注", "nota"),
}  # fmt: skip
_STATES: Final = {
    "held": ("yes", "true", "1", "done", "completed", "complete", "closed", "finished", "erledigt", "да", "завершено",
             "是", "已完成"),
    "planned": ("no", "false", "0", "open", "scheduled", "not started", "in progress", "pending", "geplant", "нет",
                "запланировано", "否", "未完成"),
    "cancelled": ("canceled", "cancelled", "abgesagt", "отменено", "已取消"),
}  # fmt: skip
_DIRECTIONS: Final = {
    "true": ("incoming", "in", "inbound", "received", "eingehend", "входящий", "呼入", "yes", "true"),
    "false": ("outgoing", "out", "outbound", "sent", "ausgehend", "исходящий", "呼出", "no", "false"),
}  # fmt: skip
_VOICES: Final = {
    "direct": ("first-hand", "customer", "their own word"),
    "own": ("own experience", "self"),
    "proxy": ("second-hand", "on behalf"),
}


def know(batch: Batch) -> None:
    """Make the tables of words and of people that a file of interactions is read with."""
    words = [
        *choice_words("kind", InteractionKind),
        *choice_words("status", InteractionStatus),
        *choice_words("outcome", Outcome),
        *choice_words("voice", Voice),
        *yes_no_words("is_private"),
    ]
    meanings = (("kind", _KINDS), ("status", _STATES), ("direction", _DIRECTIONS), ("voice", _VOICES))
    for target, known in meanings:
        words += [(target, word, value) for value, spellings in known.items() for word in spellings]
    know_words(batch, words)
    know_people(batch)
    # What was logged by somebody who has left since is theirs all the same.
    batch.execute(
        "INSERT INTO {staging}_people SELECT lower(u.email), u.id FROM people_user u WHERE NOT u.is_active"
        " AND NOT EXISTS (SELECT FROM {staging}_people p WHERE p.word = lower(u.email))"
    )
