"""Colleagues, departments, invitations, the organisation."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import pmcrm.people.models
from pmcrm.migrating import Together


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        Together(
            migrations.CreateModel(
                name="Department",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                    (
                        "pool",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("support", "Support"),
                                ("product", "Product management"),
                                ("engineering", "Engineering"),
                                ("presales", "Presales"),
                                ("services", "Professional services"),
                                ("success", "Customer success"),
                            ],
                            max_length=20,
                            verbose_name="pool",
                        ),
                    ),
                ],
                options={
                    "ordering": ["name"],
                },
            ),
            migrations.CreateModel(
                name="User",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                    ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                    ("name", models.CharField(max_length=150, verbose_name="name")),
                    (
                        "roles",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(
                                choices=[
                                    ("product_manager", "Product manager"),
                                    ("product_lead", "Product lead"),
                                    ("sales_owner", "Sales owner"),
                                    ("sales_vp", "Sales VP"),
                                    ("department_member", "Department member"),
                                    ("finance", "Finance"),
                                    ("executive", "Executive"),
                                    ("administrator", "Administrator"),
                                ],
                                max_length=30,
                            ),
                            size=None,
                            verbose_name="roles",
                        ),
                    ),
                    (
                        "office",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("vp_sales", "VP Sales"),
                                ("cfo", "CFO"),
                                ("vp_support", "VP Support"),
                                ("vp_engineering", "VP Engineering"),
                                ("vp_marketing", "VP Marketing"),
                                ("final_approver", "Final approver"),
                            ],
                            max_length=20,
                            verbose_name="office",
                        ),
                    ),
                    ("job_title", models.CharField(blank=True, max_length=150, verbose_name="position")),
                    (
                        "time_zone",
                        models.CharField(
                            default="UTC",
                            max_length=64,
                            validators=[pmcrm.people.models.check_time_zone],
                            verbose_name="time zone",
                        ),
                    ),
                    ("language", models.CharField(default="en", max_length=10, verbose_name="language")),
                    (
                        "theme",
                        models.CharField(
                            choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")],
                            default="system",
                            max_length=10,
                            verbose_name="appearance",
                        ),
                    ),
                    ("is_active", models.BooleanField(default=True, verbose_name="active")),
                    ("joined_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="joined")),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "department",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="people",
                            to="people.department",
                            verbose_name="department",
                        ),
                    ),
                ],
                options={
                    "ordering": ["name", "id"],
                    "constraints": [
                        models.UniqueConstraint(
                            django.db.models.functions.text.Lower("email"),
                            name="user_email_is_unique",
                            violation_error_message="This e-mail is in use already.",
                        ),
                        models.CheckConstraint(condition=models.Q(("roles__len__gt", 0)), name="user_has_a_role"),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "roles__contained_by",
                                    [
                                        "product_manager",
                                        "product_lead",
                                        "sales_owner",
                                        "sales_vp",
                                        "department_member",
                                        "finance",
                                        "executive",
                                        "administrator",
                                    ],
                                )
                            ),
                            name="user_roles_are_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Invitation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                    ("name", models.CharField(max_length=150, verbose_name="name")),
                    (
                        "roles",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(
                                choices=[
                                    ("product_manager", "Product manager"),
                                    ("product_lead", "Product lead"),
                                    ("sales_owner", "Sales owner"),
                                    ("sales_vp", "Sales VP"),
                                    ("department_member", "Department member"),
                                    ("finance", "Finance"),
                                    ("executive", "Executive"),
                                    ("administrator", "Administrator"),
                                ],
                                max_length=30,
                            ),
                            size=None,
                            verbose_name="roles",
                        ),
                    ),
                    (
                        "office",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("vp_sales", "VP Sales"),
                                ("cfo", "CFO"),
                                ("vp_support", "VP Support"),
                                ("vp_engineering", "VP Engineering"),
                                ("vp_marketing", "VP Marketing"),
                                ("final_approver", "Final approver"),
                            ],
                            max_length=20,
                            verbose_name="office",
                        ),
                    ),
                    ("token_hash", models.CharField(max_length=64, unique=True)),
                    ("invited_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("expires_at", models.DateTimeField(default=pmcrm.people.models.fortnight_from_now)),
                    ("accepted_at", models.DateTimeField(blank=True, null=True)),
                    ("revoked_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "department",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            to="people.department",
                            verbose_name="department",
                        ),
                    ),
                    (
                        "invited_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="invitations_sent",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "ordering": ["-invited_at"],
                    "constraints": [
                        models.UniqueConstraint(
                            django.db.models.functions.text.Lower("email"),
                            condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                            name="invitation_one_open_per_email",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Organisation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=200, verbose_name="name")),
                    ("currency", models.CharField(default="USD", max_length=3, verbose_name="currency")),
                    (
                        "time_zone",
                        models.CharField(
                            default="UTC",
                            max_length=64,
                            validators=[pmcrm.people.models.check_time_zone],
                            verbose_name="time zone",
                        ),
                    ),
                    (
                        "fiscal_year_start",
                        models.PositiveSmallIntegerField(default=1, verbose_name="first month of the fiscal year"),
                    ),
                    (
                        "month_closes_after",
                        models.PositiveSmallIntegerField(
                            default=5,
                            help_text="Figures count closed months only.",
                            verbose_name="days until a month is closed",
                        ),
                    ),
                    (
                        "strategic_cap",
                        models.DecimalField(
                            decimal_places=3,
                            default="0.100",
                            max_digits=4,
                            verbose_name="largest share of accounts on the strategic list",
                        ),
                    ),
                    (
                        "thresholds",
                        models.JSONField(
                            blank=True,
                            default=dict,
                            help_text="What differs from the defaults of the rules.",
                            verbose_name="thresholds",
                        ),
                    ),
                    (
                        "trash_days",
                        models.PositiveSmallIntegerField(
                            db_default=30,
                            default=30,
                            help_text="What was deleted goes for good after so many days (1 to 365).",
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(365),
                            ],
                            verbose_name="days in the trash",
                        ),
                    ),
                    ("version", models.PositiveIntegerField(default=1)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("trash_days__range", (1, 365))), name="organisation_trash_days"
                        ),
                        models.CheckConstraint(condition=models.Q(("pk", 1)), name="organisation_is_one"),
                        models.CheckConstraint(
                            condition=models.Q(("fiscal_year_start__range", (1, 12))),
                            name="organisation_fiscal_year_start",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="organisation_currency"
                        ),
                    ],
                },
            ),
        ),
    ]
