"""Campaign: a round of listening calls about one product, with a learning goal and an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, Deal, Product
from accounts.models.choices import Kind, Party, State
from accounts.models.deal import Stage as DealStage
from pmcrm.jobs.models import Job
from pmcrm.people.permissions import may
from touchpoints.models import Renewal, UsageFinding

if TYPE_CHECKING:
    from accounts.models import ContactQuerySet
    from pmcrm.people.models import User

LARGEST_SAMPLE: Final = 100_000


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ANNOUNCED = "announced", _("Announced")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


class Order(models.TextChoices):
    """Which of those who can be called comes first, and then which of the others."""

    OPENING = "opening", _("Whose working day began first, from east to west")
    CLOSING = "closing", _("Whose working day ends first")
    TIER = "tier", _("The highest tier first")


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User) -> Self:
        """All for those who read all accounts; others see what was announced for accounts that they see."""
        if not may(user, "campaign.read"):
            return self.none()
        if may(user, "account.read_all"):
            return self
        from campaigns.models.target import Target

        theirs = Target.objects.filter(campaign=models.OuterRef("pk"), account__in=Account.objects.visible_to(user))
        return self.exclude(state=CampaignState.DRAFT).filter(models.Exists(theirs))

    def running(self) -> Self:
        return self.filter(state=CampaignState.RUNNING)

    def open(self) -> Self:
        return self.exclude(state=CampaignState.DONE)

    def newest_first(self) -> Self:
        """Those under way, then drafts, then what is over."""
        rank = models.Case(
            *(models.When(state=state, then=at) for at, state in enumerate(("running", "announced", "draft"))),
            default=3,
        )
        return self.select_related("product", "owner").order_by(rank, "-pk")


class Campaign(models.Model):
    """Whom we call to learn what. Its targets are gathered once, by a job, from the audience as it then is."""

    name = models.CharField(_("name"), max_length=120)
    product = models.ForeignKey(Product, models.PROTECT, related_name="campaigns", verbose_name=_("product"))
    goal = models.TextField(_("learning goal"), max_length=1000, help_text=_("What do we want to know afterwards?"))
    answer = models.TextField(_("what we learned"), max_length=4000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="campaigns", verbose_name=_("responsible")
    )
    state = models.CharField(_("state"), max_length=10, choices=CampaignState, default=CampaignState.DRAFT)
    wanted = models.PositiveIntegerField(_("wanted conversations"))
    wanted_by_tier = models.JSONField(_("of these by tier"), default=dict, blank=True)
    daily_goal = models.PositiveSmallIntegerField(
        _("tries a day"), default=0, help_text=_("For each caller; 0 for none.")
    )
    # The audience: people as the list of contacts filters them, its address; empty for the product's present customers.
    audience = models.CharField(_("audience"), max_length=2000, blank=True)
    one_a_customer = models.BooleanField(_("one person of each customer"), default=True)
    sample_size = models.PositiveIntegerField(_("random sample of"), null=True, blank=True)
    seed = models.CharField(max_length=32, editable=False)
    order = models.CharField(_("order of the queue"), max_length=10, choices=Order, default=Order.OPENING)
    announced_at = models.DateTimeField(_("announced"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=CampaignState.values), name="campaign_state"),
            models.CheckConstraint(condition=models.Q(order__in=Order.values), name="campaign_order"),
            models.CheckConstraint(condition=models.Q(goal__regex=r"\S"), name="campaign_has_a_goal"),
            models.CheckConstraint(condition=models.Q(name__regex=r"\S"), name="campaign_has_a_name"),
            models.CheckConstraint(condition=models.Q(wanted__gte=1), name="campaign_wants_a_conversation"),
            models.CheckConstraint(
                condition=models.Q(sample_size=None) | models.Q(sample_size__gte=1), name="campaign_sample"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaign_detail", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == CampaignState.DRAFT

    @property
    def is_announced(self) -> bool:
        return self.state == CampaignState.ANNOUNCED

    @property
    def is_running(self) -> bool:
        return self.state == CampaignState.RUNNING

    @property
    def is_done(self) -> bool:
        return self.state == CampaignState.DONE


def customers_of(product: Product) -> ContactQuerySet:
    """The people at the present customers of a product: who bought it, renews it, or was found to use it."""
    bought = Deal.objects.filter(product=product, stage=DealStage.WON).values("account")
    renews = Renewal.objects.filter(product=product).exclude(outcome="lost").values("account")
    uses = UsageFinding.objects.filter(product=product).values("account")
    known = models.Q(account__in=bought) | models.Q(account__in=renews) | models.Q(account__in=uses)
    return Contact.objects.filter(
        known, account__state=State.CUSTOMER, account__kind=Kind.EXTERNAL, account__party=Party.CUSTOMER
    )


class GatheringState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    WORKING = "working", _("Gathering")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class GatheringQuerySet(models.QuerySet["Gathering"]):
    def of(self, campaign: Campaign) -> Self:
        return self.filter(campaign=campaign)


class Gathering(Job):
    """Making the targets of a campaign from its audience."""

    WAITING: ClassVar[frozenset[str]] = frozenset({GatheringState.QUEUED})
    WORKING: ClassVar[frozenset[str]] = frozenset({GatheringState.WORKING})

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="gatherings")
    state = models.CharField(_("state"), max_length=10, choices=GatheringState, default=GatheringState.QUEUED)

    objects = GatheringQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=GatheringState.values), name="gathering_state"),
            models.UniqueConstraint(
                fields=["campaign"], condition=models.Q(state__in=["queued", "working"]), name="gathering_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.state}"

    @property
    def is_moving(self) -> bool:
        return self.state in self.WAITING | self.WORKING


class CampaignComment(models.Model):
    """What a relationship owner or a colleague says of a campaign."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("comment"), max_length=4000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:80]


class CallerGoal(models.Model):
    """What somebody sets out to reach: conversations a week; and whether the guide speaks to a beginner."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="caller_goal")
    conversations_a_week = models.PositiveSmallIntegerField(_("conversations a week"), default=0)
    is_guided = models.BooleanField(_("tips while calling"), default=True)

    def __str__(self) -> str:
        return f"{self.conversations_a_week}"
