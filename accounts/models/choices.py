"""What an account can be: the closed lists of its fields."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    EXTERNAL = "external", _("External")
    INTERNAL = "internal", _("Internal")


class InternalMode(models.TextChoices):
    """How an internal customer stands to the external one."""

    ASSISTS = "assists", _("Helps customers with the product")
    ON_BEHALF = "on_behalf", _("Uses the product on a customer's behalf")


class Party(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    CHANNEL_PARTNER = "channel_partner", _("Channel partner")
    SUPPLIER = "supplier", _("Supplier")
    ANALYST_PRESS = "analyst_press", _("Analyst or press")


class State(models.TextChoices):
    SUSPECT = "suspect", _("Suspect")
    PROSPECT = "prospect", _("Prospect")
    IN_SALES_CYCLE = "in_sales_cycle", _("In sales cycle")
    CUSTOMER = "customer", _("Customer")
    EXITING = "exiting", _("Exiting")
    FORMER = "former", _("Former")


class Size(models.TextChoices):
    SMALL = "small", _("Small (under 50 people)")
    MEDIUM = "medium", _("Medium (50 to 249)")
    LARGE = "large", _("Large (250 to 4,999)")
    VERY_LARGE = "very_large", _("Very large (5,000 and more)")


class Distance(models.TextChoices):
    """How far they are from whoever looks after the product; over a distance contact tires sooner."""

    SAME_CITY = "same_city", _("Same city")
    SAME_COUNTRY = "same_country", _("Same country, or near")
    REMOTE = "remote", _("Remote")


class TrustStage(models.TextChoices):
    """How far they trust us; what was solved for them moves them on, and a person says so."""

    NEW = "new", _("New")
    PROVING = "proving", _("Proving ourselves")
    TRUSTED = "trusted", _("Trusted")


class SalesForm(models.TextChoices):
    """From where our sellers reach the customer; visiting costs more than calling."""

    INSIDE = "inside", _("Inside sales (from the desk)")
    OUTSIDE = "outside", _("Outside sales (in the field)")


class Tier(models.TextChoices):
    A = "A", _("Tier A")
    B = "B", _("Tier B")
    C = "C", _("Tier C")
    UNKNOWN = "", _("Tier unknown")
