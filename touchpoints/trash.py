"""Calls, meetings, mails and notes in the trash, and what keeps a person's row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from pmcrm.trash import registry
from pmcrm.trash.registry import Along, Holder, TrashKind, stays
from touchpoints.models import Interaction
from touchpoints.services import trash
from touchpoints.services.trash import INTERACTION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from pmcrm.people.models import User


def _talks(user: User) -> QuerySet[Any]:
    return Interaction.objects.reachable_by(user).discarded_by_or_all(user).with_customers()


def _old_talks() -> Iterable[int]:
    return Interaction.objects.outdated().values_list("pk", flat=True)


TALKS = TrashKind(
    slug=INTERACTION,
    label=_("Calls, meetings and notes"),
    icon="phone",
    rows=_talks,
    place=lambda talk: ", ".join(account.name for account in talk.present),
    may_restore=trash.may_restore_interaction,
    restore=lambda user, talk: trash.restore_interaction(actor=user, interaction=talk),
    outdated=_old_talks,
    remove=lambda user, key: trash.remove_interaction(actor=user, key=key),
)


def register() -> None:
    registry.register(TALKS)
    registry.goes_along(
        "account", Along(put=trash.put_talks_along, back=trash.bring_talks_back, remove=trash.remove_talks)
    )
    registry.goes_along("contact", Along(put=stays, back=stays, remove=trash.forget_person))
    registry.holds("contact", Holder("touchpoints.Interaction_contacts", "contact", _("We have spoken with them.")))
    for pain in ("touchpoints.Pain", "touchpoints.PainTelling"):
        registry.holds("contact", Holder(pain, "teller", _("They told us what hurts them.")))
    registry.holds("contact", Holder("touchpoints.Saying_contacts", "contact", _("They were told what to expect.")))
