"""The people who use the product, their departments, and the one organisation they work for."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import cache, cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmcrm.people import permissions

if TYPE_CHECKING:
    from collections.abc import Iterable


class Role(models.TextChoices):
    PRODUCT_MANAGER = permissions.PRODUCT_MANAGER, _("Product manager")
    PRODUCT_LEAD = permissions.PRODUCT_LEAD, _("Product lead")
    SALES_OWNER = permissions.SALES_OWNER, _("Sales owner")
    SALES_VP = permissions.SALES_VP, _("Sales VP")
    DEPARTMENT_MEMBER = permissions.DEPARTMENT_MEMBER, _("Department member")
    FINANCE = permissions.FINANCE, _("Finance")
    EXECUTIVE = permissions.EXECUTIVE, _("Executive")
    ADMINISTRATOR = permissions.ADMINISTRATOR, _("Administrator")


class Office(models.TextChoices):
    """Offices that an exit plan has to hear, and the one that decides it."""

    VP_SALES = "vp_sales", _("VP Sales")
    CFO = "cfo", _("CFO")
    VP_SUPPORT = "vp_support", _("VP Support")
    VP_ENGINEERING = "vp_engineering", _("VP Engineering")
    VP_MARKETING = "vp_marketing", _("VP Marketing")
    FINAL_APPROVER = "final_approver", _("Final approver")


class Pool(models.TextChoices):
    """Groups of scarce people whose hours cost money and attention."""

    SUPPORT = "support", _("Support")
    PRODUCT = "product", _("Product management")
    ENGINEERING = "engineering", _("Engineering")
    PRESALES = "presales", _("Presales")
    SERVICES = "services", _("Professional services")
    SUCCESS = "success", _("Customer success")


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


@cache
def zone_names() -> frozenset[str]:
    """The IANA time zones that this machine knows. Their folder is walked once: each look costs some 20 ms."""
    return frozenset(available_timezones())


def check_time_zone(value: str) -> None:
    """Refuse what is not an IANA time zone name."""
    if value not in zone_names():
        raise ValidationError(
            _("“%(value)s” is no time zone. Use an IANA name such as Europe/Oslo."), params={"value": value}
        )


class Organisation(models.Model):
    """The one organisation of this installation and its defaults. There is exactly one row, with id 1."""

    name = models.CharField(_("name"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_time_zone])
    fiscal_year_start = models.PositiveSmallIntegerField(_("first month of the fiscal year"), default=1)
    month_closes_after = models.PositiveSmallIntegerField(
        _("days until a month is closed"), default=5, help_text=_("Figures count closed months only.")
    )
    strategic_cap = models.DecimalField(
        _("largest share of accounts on the strategic list"), max_digits=4, decimal_places=3, default="0.100"
    )
    thresholds = models.JSONField(
        _("thresholds"), default=dict, blank=True, help_text=_("What differs from the defaults of the rules.")
    )
    trash_days = models.PositiveSmallIntegerField(
        _("days in the trash"),
        default=30,
        db_default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("What was deleted goes for good after so many days (1 to 365)."),
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(trash_days__range=(1, 365)), name="organisation_trash_days"),
            models.CheckConstraint(condition=models.Q(pk=1), name="organisation_is_one"),
            models.CheckConstraint(
                condition=models.Q(fiscal_year_start__range=(1, 12)), name="organisation_fiscal_year_start"
            ),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="organisation_currency"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> Organisation:
        return cls.objects.get_or_create(pk=1, defaults={"name": "PMCRM"})[0]


class Department(models.Model):
    """A department; the hours of its people belong to its pool."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    pool = models.CharField(_("pool"), max_length=20, choices=Pool, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def left(self) -> UserQuerySet:
        return self.filter(is_active=False)

    def with_right(self, right: str) -> UserQuerySet:
        """Active people one of whose roles carries the right."""
        return self.active().filter(roles__overlap=sorted(permissions.RIGHTS[right]))

    def holding(self, office: str) -> UserQuerySet:
        return self.active().filter(office=office)

    def with_email(self, email: str) -> UserQuerySet:
        return self.filter(email__iexact=email.strip())

    def matching(self, text: str) -> UserQuerySet:
        return self.filter(models.Q(name__icontains=text) | models.Q(email__icontains=text))


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]  # a class made at run time
    def create_user(
        self, email: str, password: str | None = None, *, name: str, roles: Iterable[str], **fields: Any
    ) -> User:
        user: User = self.model(email=email.strip().lower(), name=name, roles=sorted(set(roles)), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in by e-mail, with one or more roles and perhaps an office."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150)
    roles = ArrayField(models.CharField(max_length=30, choices=Role), verbose_name=_("roles"))
    office = models.CharField(_("office"), max_length=20, choices=Office, blank=True)
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, related_name="people", verbose_name=_("department")
    )
    job_title = models.CharField(_("position"), max_length=150, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_time_zone])
    language = models.CharField(_("language"), max_length=10, default="en")
    theme = models.CharField(_("appearance"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_is_unique", violation_error_message=_("This e-mail is in use already.")
            ),
            models.CheckConstraint(condition=models.Q(roles__len__gt=0), name="user_has_a_role"),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=list(permissions.ROLES)), name="user_roles_are_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def role_set(self) -> frozenset[str]:
        return frozenset(self.roles)

    def may(self, right: str) -> bool:
        return permissions.may(self, right)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def initials(self) -> str:
        words = self.name.split()
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    @property
    def role_labels(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]

    def get_short_name(self) -> str:
        return self.name.split(" ", 1)[0]

    # What Django's admin asks. It serves people and schedules only, and only administrators get in.
    @property
    def is_staff(self) -> bool:
        return self.is_active and permissions.ADMINISTRATOR in self.role_set

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    def has_perm(self, perm: str, obj: object | None = None) -> bool:  # noqa: ARG002  Django's signature
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff and app_label in {"people", "django_celery_beat"}


def fortnight_from_now() -> Any:
    return timezone.now() + timedelta(days=14)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> InvitationQuerySet:
        """Neither used nor revoked; some may be too old."""
        return self.filter(accepted_at=None, revoked_at=None)

    def by_token(self, token: str) -> InvitationQuerySet:
        return self.filter(token_hash=Invitation.hash_of(token))


class Invitation(models.Model):
    """An open door for one e-mail address, with the roles it leads to. Only the token's hash is kept."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=150)
    roles = ArrayField(models.CharField(max_length=30, choices=Role), verbose_name=_("roles"))
    office = models.CharField(_("office"), max_length=20, choices=Office, blank=True)
    department = models.ForeignKey(Department, models.SET_NULL, null=True, blank=True, verbose_name=_("department"))
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="invitations_sent")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=fortnight_from_now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_one_open_per_email",
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def role_labels(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]

    @staticmethod
    def new_token() -> str:
        return secrets.token_urlsafe(32)

    @staticmethod
    def hash_of(token: str) -> str:
        return sha256(token.encode()).hexdigest()

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()
