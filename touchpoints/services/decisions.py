"""Product decisions: written down, corrected, and tied to what customers said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, AccountFigures, Promise
from accounts.permissions import sees_figures
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import changes, record
from touchpoints.models import Evidence, Interaction, ProductDecision
from touchpoints.models.decision import MOST_EVIDENCE, CitedFigure
from touchpoints.permissions import may_change_decision

if TYPE_CHECKING:
    from accounts.models import Product
    from pmcrm.people.models import User


@dataclass(frozen=True)
class Decided:
    """What somebody says of a decision."""

    title: str
    decided: str
    decided_on: dt.date
    alternatives: str = ""
    product: Product | None = None
    deciders: Sequence[User] = ()

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "title": " ".join(self.title.split()),
            "decided": self.decided.strip(),
            "alternatives": self.alternatives.strip(),
            "decided_on": self.decided_on,
            "product": self.product,
        }


@dataclass(frozen=True)
class Cited:
    """One thing to lean on: an interaction, promise or file by its key, or a figure by its name and account."""

    kind: str
    key: int | str
    account: Account | None = None


@transaction.atomic
def record_decision(*, actor: User, says: Decided, cited: Iterable[Cited] = ()) -> ProductDecision:
    """Write a decision down. Nothing behind it is allowed; it is listed as unsupported then."""
    if not may(actor, "product_decision.write"):
        raise RuleViolation(_("Product decisions are written down by product people."))
    _check(says)
    made = ProductDecision.objects.create(author=actor, **says.columns)
    made.deciders.set(says.deciders or [actor])
    record(actor=actor, verb="product_decision.recorded", subject=made, decided_on=made.decided_on)
    add_evidence(actor=actor, decision=made, cited=cited)
    return made


@transaction.atomic
def edit_decision(*, actor: User, decision: ProductDecision, says: Decided, version: int) -> ProductDecision:
    """Correct a decision as it was read in `version`; what was saved in between is never overwritten."""
    found = _locked(decision)
    if not may_change_decision(actor, found):
        raise RuleViolation(_("Who wrote it down, who decided, and product leads change this."))
    if found.version != version:
        raise StaleVersion(
            _("Somebody changed this decision in the meantime. Nothing was saved."),
            current={**_plain(found), "version": found.version},
        )
    _check(says)
    before = _plain(found)
    for name, value in says.columns.items():
        setattr(found, name, value)
    found.version += 1
    found.save()
    found.deciders.set(says.deciders or [found.author])
    record(
        actor=actor,
        verb="product_decision.edited",
        subject=found,
        changes=changes(before, _plain(ProductDecision.objects.get(pk=found.pk))),
    )
    return found


@transaction.atomic
def add_evidence(*, actor: User, decision: ProductDecision, cited: Iterable[Cited]) -> int:
    """Tie these to the decision; what is tied already stays as it is. Returns how many are new.

    A private talk is refused: others could not check it.
    """
    if not may(actor, "product_decision.write"):
        raise RuleViolation(_("Evidence is tied to decisions by product people."))
    found = _locked(decision)
    rows = [Evidence(decision=found, added_by=actor, **_column(actor, one)) for one in cited]
    there = Evidence.objects.filter(decision=found).count()
    if there + len(rows) > MOST_EVIDENCE:
        raise RuleViolation(_("%(most)d pieces of evidence are enough for one decision.") % {"most": MOST_EVIDENCE})
    Evidence.objects.bulk_create(rows, ignore_conflicts=True)
    new = Evidence.objects.filter(decision=found).count() - there
    if new:
        record(actor=actor, verb="product_decision.evidence_added", subject=found, count=new)
    return new


@transaction.atomic
def remove_evidence(*, actor: User, evidence: Evidence) -> None:
    """It does not stand behind the decision after all."""
    found = _locked(evidence.decision)
    if evidence.added_by_id != actor.pk and not may_change_decision(actor, found):
        raise RuleViolation(_("Who added it, who decided, and product leads take evidence away."))
    record(actor=actor, verb="product_decision.evidence_removed", subject=found, kind=evidence.kind)
    evidence.delete()


def _locked(decision: ProductDecision) -> ProductDecision:
    return (
        ProductDecision.objects.select_for_update(of=("self",)).select_related("product", "author").get(pk=decision.pk)
    )


def _check(says: Decided) -> None:
    fields = {}
    if not says.title.strip():
        fields["title"] = _("Give it a title.")
    if not says.decided.strip():
        fields["decided"] = _("Say what was decided.")
    if says.decided_on > timezone.localdate():
        fields["decided_on"] = _("This day has not come yet.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)


def _column(actor: User, cited: Cited) -> dict[str, Any]:
    """The columns of the row of evidence; refuses what the actor does not see."""
    if cited.kind == "figure":
        return _figure(actor, cited)
    files: Any = Evidence._meta.get_field("file").related_model
    seen: dict[str, Any] = {
        "interaction": Interaction.objects.visible_to(actor).current(),
        "promise": Promise.objects.visible_to(actor),
        "file": files.objects.visible_to(actor).kept(),
    }
    row = seen[cited.kind].filter(pk=cited.key).first() if cited.kind in seen else None
    if row is None:
        raise RuleViolation(_("Choose evidence that you see."), fields={"evidence": _("Choose evidence that you see.")})
    talk = row if cited.kind == "interaction" else getattr(row, "interaction", None)
    if talk is not None and talk.is_private:
        sentence = _("A private talk is no evidence: others could not check it.")
        raise RuleViolation(sentence, fields={"evidence": sentence})
    return {cited.kind: row}


def _figure(actor: User, cited: Cited) -> dict[str, Any]:
    account = cited.account
    is_seen = account is not None and Account.objects.visible_to(actor).filter(pk=account.pk).exists()
    if account is None or not is_seen or cited.key not in CitedFigure.values or not sees_figures(actor, account):
        sentence = _("Choose a figure of an account that you see.")
        raise RuleViolation(sentence, fields={"evidence": sentence})
    figures = AccountFigures.objects.get(account=account)
    value = getattr(figures, str(cited.key))
    if value is None:
        sentence = _("This account has no such figure yet.")
        raise RuleViolation(sentence, fields={"evidence": sentence})
    return {"account": account, "figure": cited.key, "value": value, "figures_at": figures.figures_at}


def _plain(decision: ProductDecision) -> dict[str, Any]:
    return {
        "title": decision.title,
        "decided": decision.decided,
        "alternatives": decision.alternatives,
        "decided_on": decision.decided_on,
        "product": decision.product.name if decision.product else None,
        "deciders": sorted(person.name for person in decision.deciders.all()),
    }
