"""What an account gives beside its payment, whom it came from or went to, and what it was asked to say for us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Trim
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.contact import Contact

if TYPE_CHECKING:
    from pmcrm.people.models import User


class OfAccountQuerySet(models.QuerySet[Any]):
    """Dated rows that hang on an account and are seen with it."""

    def visible_to(self, user: User) -> Self:
        return self.filter(account__in=Account.objects.visible_to(user))

    def of(self, account: Account) -> Self:
        """Newest first; what has no day comes last."""
        return self.filter(account=account).order_by(models.F("on").desc(nulls_last=True), "-id")


class Contribution(models.TextChoices):
    """What a customer is worth beside its payment."""

    PAYER = "payer", _("Payer")
    INNOVATION_PARTNER = "innovation_partner", _("Innovation partner")
    EVANGELIST = "evangelist", _("Evangelist")
    EVIDENCE_GIVER = "evidence_giver", _("Evidence giver")


# Only a mark with a day and a link to its proof counts.
PROVEN: Final = models.Q(on__isnull=False) & ~models.Q(proof_url="")


class ContributionMarkQuerySet(OfAccountQuerySet):
    def proven(self) -> Self:
        return self.filter(PROVEN)


class ContributionMark(models.Model):
    """One mark on an account, or on a person there. Without its day and proof it is a claim, and is marked so."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="contribution_marks", verbose_name=_("account"))
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="contribution_marks",
        verbose_name=_("person there"),
    )
    contribution = models.CharField(_("contribution"), max_length=20, choices=Contribution)
    on = models.DateField(_("on"), null=True, blank=True)
    proof_url = models.CharField(_("proof"), max_length=500, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ContributionMarkQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("contribution marks")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contribution__in=Contribution.values), name="contribution_mark_known"
            )
        ]
        indexes = [
            models.Index(fields=["account", "-on"], name="contribution_by_account"),
            models.Index(
                fields=["contribution", "account"],
                condition=PROVEN,
                name="contribution_proven",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_contribution_display())

    @property
    def is_proven(self) -> bool:
        return self.on is not None and bool(self.proof_url)


class Outcome(models.TextChoices):
    WON_FROM = "won_from", _("Won from")
    LOST_TO = "lost_to", _("Lost to")


class RivalOutcomeQuerySet(OfAccountQuerySet):
    def by_rival(self) -> list[dict[str, Any]]:
        """Wins and losses of each rival, the most contested first. An account won twice from the same one is one."""
        won, lost = (models.Q(outcome=outcome) for outcome in (Outcome.WON_FROM, Outcome.LOST_TO))
        counted = (
            self.order_by()
            .values("rival_key")
            .annotate(
                rival=models.Min("rival"),
                won=models.Count("account", filter=won, distinct=True),
                lost=models.Count("account", filter=lost, distinct=True),
                newest=models.Max("on"),
            )
        )
        return list(counted.order_by(-(models.F("won") + models.F("lost")), "rival_key"))


class RivalOutcome(models.Model):
    """An account that came to us from a rival, or went to one: when, and why."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="rival_outcomes", verbose_name=_("account"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    rival = models.CharField(_("rival"), max_length=200)
    on = models.DateField(_("on"), default=timezone.localdate)
    reason = models.TextField(_("reason"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Spelt with or without capitals a rival is the same.
    rival_key = models.GeneratedField(
        expression=Lower(Trim("rival")),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = RivalOutcomeQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("wins and losses against rivals")
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="rival_outcome_known"),
            models.CheckConstraint(condition=~models.Q(rival__regex=r"^\s*$"), name="rival_outcome_names_a_rival"),
            models.CheckConstraint(condition=~models.Q(reason__regex=r"^\s*$"), name="rival_outcome_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["account", "-on"], name="rival_outcome_by_account"),
            models.Index(fields=["rival_key", "outcome"], name="rival_outcome_by_rival"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.rival}"


class Occasion(models.TextChoices):
    REFERENCE = "reference", _("Reference")
    SPEAKER = "speaker", _("Speaker")


class ReferenceUseQuerySet(OfAccountQuerySet):
    pass


class ReferenceUse(models.Model):
    """Once that an account spoke for us. Counted, so that nobody is worn out."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="reference_uses", verbose_name=_("account"))
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="reference_uses", verbose_name=_("who spoke")
    )
    occasion = models.CharField(_("as"), max_length=9, choices=Occasion, default=Occasion.REFERENCE)
    what_for = models.CharField(_("for whom or what"), max_length=300)
    on = models.DateField(_("on"), default=timezone.localdate)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ReferenceUseQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("uses as a reference")
        constraints = [
            models.CheckConstraint(condition=models.Q(occasion__in=Occasion.values), name="reference_use_occasion"),
            models.CheckConstraint(condition=~models.Q(what_for__regex=r"^\s*$"), name="reference_use_says_what_for"),
        ]
        indexes = [models.Index(fields=["account", "-on"], name="reference_use_by_account")]

    def __str__(self) -> str:
        return self.what_for
