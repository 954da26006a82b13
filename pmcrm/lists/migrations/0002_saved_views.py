"""Views of a list that somebody saved, apart from the text functions: people may be asked for after those alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from pmcrm.migrating import Together


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("lists", "0001_text_functions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name="SavedView",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=30, verbose_name="list")),
                    ("name", models.CharField(max_length=80, verbose_name="name")),
                    ("query", models.CharField(blank=True, max_length=2000, verbose_name="filters, order and columns")),
                    (
                        "sharing",
                        models.CharField(
                            choices=[
                                ("private", "Only me"),
                                ("department", "My department"),
                                ("everybody", "Everybody"),
                            ],
                            default="private",
                            max_length=12,
                            verbose_name="who sees it",
                        ),
                    ),
                    ("version", models.PositiveIntegerField(default=1)),
                    ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                    (
                        "department",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="people.department",
                            verbose_name="department",
                        ),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="saved_views",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="owner",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["kind", "sharing", "name"], name="saved_view_shared")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("sharing__in", ["private", "department", "everybody"])),
                            name="saved_view_sharing",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("department__isnull", False), ("sharing", "department")),
                                models.Q(models.Q(("sharing", "department"), _negated=True), ("department", None)),
                                _connector="OR",
                            ),
                            name="saved_view_department",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("name__regex", "^\\s*$"), _negated=True), name="saved_view_has_a_name"
                        ),
                        models.UniqueConstraint(fields=("owner", "kind", "name"), name="saved_view_named_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ViewMark",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=30)),
                    ("is_pinned", models.BooleanField(default=True)),
                    ("is_default", models.BooleanField(default=False)),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "view",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="lists.savedview"
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("user", "view"), name="view_mark_once"),
                        models.UniqueConstraint(
                            condition=models.Q(("is_default", True)),
                            fields=("user", "kind"),
                            name="view_mark_one_default",
                        ),
                    ],
                },
            ),
        ),
    ]
