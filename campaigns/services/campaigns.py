"""Campaigns from draft to done."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import TIERS, Campaign, CampaignComment, CampaignState, Gathering, Order, Target, TargetState
from campaigns.permissions import may_run
from campaigns.services.gathering import MOST, check_audience, refresh_targets
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.notices.models import Kind
from pmcrm.notices.services import note
from pmcrm.people.models import User
from pmcrm.people.permissions import may
from pmcrm.trail.services import changes, record

if TYPE_CHECKING:
    from accounts.models import Product

EDITABLE: Final = (
    "name",
    "product",
    "goal",
    "answer",
    "wanted",
    "wanted_by_tier",
    "daily_goal",
    "audience",
    "one_a_customer",
    "sample_size",
    "order",
)
# Whom it is about is fixed once colleagues were told.
_BEFORE_ANNOUNCED: Final = frozenset({"product", "audience", "one_a_customer", "sample_size"})
LONGEST_COMMENT: Final = 4000


@transaction.atomic
def create_campaign(*, actor: User, name: str, product: Product, goal: str, wanted: int, **values: Any) -> Campaign:
    """A draft. Its targets are gathered by `request_gathering`."""
    if not may(actor, "campaign.write"):
        raise RuleViolation(_("Your role does not set up call campaigns."), code="not_yours")
    made = Campaign(
        owner=actor, name=name.strip(), product=product, goal=goal.strip(), wanted=wanted, seed=secrets.token_hex(16)
    )
    _set(made, values)
    _check(made)
    made.save()
    record(actor=actor, verb="campaign.created", subject=made)
    return made


@transaction.atomic
def edit_campaign(*, actor: User, campaign: Campaign, version: int, **values: Any) -> Campaign:
    """Change it as it was read in `version`. Whom it is about stays as it is from the announcement on."""
    current = _locked(actor, campaign)
    if current.version != version:
        sentence = _("Somebody changed this campaign in the meantime. Nothing was saved.")
        raise StaleVersion(sentence, current=_plain(current) | {"version": current.version})
    if current.is_done and values.keys() - {"answer"}:
        raise RuleViolation(_("This campaign is over; only what was learned can still be written."), code="done")
    before = _plain(current)
    _set(current, values)
    changed = changes(before, _plain(current))
    if not changed:
        return current
    if not current.is_draft and _BEFORE_ANNOUNCED & changed.keys():
        raise RuleViolation(_("Whom it is about was announced and stays so. Set up another campaign instead."))
    _check(current)
    current.version += 1
    current.save()
    record(actor=actor, verb="campaign.edited", subject=current, fields=sorted(changed))
    return current


@transaction.atomic
def request_gathering(*, actor: User, campaign: Campaign) -> Gathering:
    """Have the targets gathered from the audience as it is today; the job is the caller's to start."""
    current = _locked(actor, campaign)
    if not current.is_draft:
        raise RuleViolation(_("Targets are gathered while a campaign is a draft."), code="not_draft")
    running = Gathering.objects.of(current).filter(state__in=Gathering.WAITING | Gathering.WORKING).first()
    return running or Gathering.objects.create(campaign=current, created_by=actor)


@transaction.atomic
def announce_campaign(*, actor: User, campaign: Campaign) -> int:
    """Show it to the relationship owners of its targets, who may comment or hold an account. Returns how many of them
    were told."""
    current = _locked(actor, campaign)
    _needs(current, CampaignState.DRAFT)
    if not Target.objects.of(current).filter(state=TargetState.WAITING).exists():
        raise RuleViolation(_("Nobody can be called in this campaign yet. Gather its targets first."), code="empty")
    current.state, current.announced_at = CampaignState.ANNOUNCED, timezone.now()
    _save(actor, current, "campaign.announced")
    owners = User.objects.filter(
        pk__in=Target.objects.of(current)
        .exclude(account__relationship_owner=None)
        .values("account__relationship_owner")
    )
    path = reverse("campaign_detail", args=[current.pk])
    return sum(
        note(person=owner, kind=Kind.CAMPAIGN, key=f"campaign {current.pk}", path=path)
        for owner in owners
        if owner.pk != actor.pk and owner.is_active
    )


@transaction.atomic
def start_campaign(*, actor: User, campaign: Campaign) -> Campaign:
    """Calling begins: holds that sales placed since the announcement leave their accounts out."""
    current = _locked(actor, campaign)
    _needs(current, CampaignState.ANNOUNCED)
    refresh_targets(campaign=current)
    current.state, current.started_at = CampaignState.RUNNING, timezone.now()
    return _save(actor, current, "campaign.started")


@transaction.atomic
def end_campaign(*, actor: User, campaign: Campaign) -> Campaign:
    """Calling ends; what was found stays. Claims end with it."""
    current = _locked(actor, campaign)
    _needs(current, CampaignState.RUNNING)
    Target.objects.of(current).filter(claimed_until__isnull=False).update(claimed_by=None, claimed_until=None)
    current.state, current.done_at = CampaignState.DONE, timezone.now()
    return _save(actor, current, "campaign.ended")


@transaction.atomic
def reopen_campaign(*, actor: User, campaign: Campaign) -> Campaign:
    """Go on calling."""
    current = _locked(actor, campaign)
    _needs(current, CampaignState.DONE)
    current.state, current.done_at = CampaignState.RUNNING, None
    return _save(actor, current, "campaign.reopened")


@transaction.atomic
def delete_campaign(*, actor: User, campaign: Campaign) -> None:
    """A draft that is not wanted any more goes for good; what was called stays."""
    current = _locked(actor, campaign)
    _needs(current, CampaignState.DRAFT)
    record(actor=actor, verb="campaign.deleted", subject=current)
    current.delete()


@transaction.atomic
def comment_on_campaign(*, actor: User, campaign: Campaign, text: str) -> CampaignComment:
    """Say something of it; who is responsible for it is told."""
    words = text.strip()
    if not words or len(words) > LONGEST_COMMENT:
        sentence = _("Write something, of at most %(most)d characters.") % {"most": LONGEST_COMMENT}
        raise RuleViolation(sentence, fields={"text": sentence})
    if not may(actor, "interaction.log"):
        raise RuleViolation(_("Your role does not comment on campaigns."), code="not_yours")
    made = CampaignComment.objects.create(campaign=campaign, author=actor, text=words)
    record(actor=actor, verb="campaign.commented", subject=campaign)
    if campaign.owner_id != actor.pk and campaign.owner.is_active:
        path = reverse("campaign_detail", args=[campaign.pk])
        note(person=campaign.owner, kind=Kind.CAMPAIGN, key=f"campaign comment {made.pk}", path=path)
    return made


@transaction.atomic
def hand_over_campaigns(*, actor: User, person: User, successor: User) -> int:
    """Whoever leaves gives their open campaigns to a successor; what they held to call is free again."""
    Target.objects.filter(claimed_by=person).update(claimed_by=None, claimed_until=None)
    rows = list(Campaign.objects.open().filter(owner=person).select_for_update())
    for one in rows:
        one.owner = successor
        one.version += 1
        one.save(update_fields=["owner", "version"])
        record(actor=actor, verb="campaign.handed_over", subject=one, owner=successor.name)
    return len(rows)


def _locked(actor: User, campaign: Campaign) -> Campaign:
    current = Campaign.objects.select_for_update(of=("self",)).filter(pk=campaign.pk).first()
    if current is None:
        raise RuleViolation(_("This campaign is gone."), code="gone")
    if not may_run(actor, current):
        raise RuleViolation(_("Who is responsible for the campaign, and product leads, do this."), code="not_yours")
    return current


def _needs(campaign: Campaign, state: CampaignState) -> None:
    if campaign.state != state:
        words = {"now": campaign.get_state_display(), "wanted": state.label}
        raise RuleViolation(_("The campaign is “%(now)s”, not “%(wanted)s”.") % words, code="wrong_state")


def _save(actor: User, campaign: Campaign, verb: str) -> Campaign:
    campaign.version += 1
    campaign.save()
    record(actor=actor, verb=verb, subject=campaign)
    return campaign


def _set(campaign: Campaign, values: Mapping[str, Any]) -> None:
    if unknown := values.keys() - set(EDITABLE):
        raise LookupError(f"a campaign has no editable {sorted(unknown)}")
    for name, value in values.items():
        setattr(campaign, name, value.strip() if isinstance(value, str) else value)


def _check(campaign: Campaign) -> None:
    if campaign.is_draft:
        check_audience(campaign=campaign, user=campaign.owner)
    fields = {}
    if not campaign.name:
        fields["name"] = _("Give it a name.")
    if not campaign.goal:
        fields["goal"] = _("Say what you want to know afterwards.")
    if campaign.wanted < 1:
        fields["wanted"] = _("Want at least one conversation.")
    if campaign.sample_size is not None and not 1 <= campaign.sample_size <= MOST:
        fields["sample_size"] = _("Draw 1 to %(most)d people, or leave it empty for all.") % {"most": MOST}
    tiers = campaign.wanted_by_tier
    numbers = tiers.values() if isinstance(tiers, dict) else [-1]
    is_number = all(type(number) is int and number >= 0 for number in numbers)
    if not is_number or set(tiers) - set(TIERS):
        fields["wanted_by_tier"] = _("Say whole numbers of conversations for tiers %(known)s.") % {
            "known": ", ".join(TIERS)
        }
    elif sum(numbers) > campaign.wanted:
        fields["wanted_by_tier"] = _("The tiers together want more conversations than the whole campaign.")
    if campaign.order not in Order.values:
        fields["order"] = _("Choose one of: %(known)s.") % {"known": ", ".join(Order.values)}
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)


def _plain(campaign: Campaign) -> dict[str, Any]:
    plain = {name: getattr(campaign, name) for name in EDITABLE if name != "product"}
    return plain | {"product": campaign.product_id}
