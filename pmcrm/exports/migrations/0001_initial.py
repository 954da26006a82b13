"""Files that somebody asked for."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import pmcrm.exports.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("claim", models.UUIDField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("done_units", models.PositiveBigIntegerField(default=0, verbose_name="done so far")),
                ("all_units", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="to do")),
                ("failure", models.TextField(blank=True, verbose_name="what went wrong")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("working", "Writing the file"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                            ("removed", "Removed"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("kind", models.CharField(max_length=30, verbose_name="list")),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="filters, order and columns")),
                (
                    "is_everything",
                    models.BooleanField(default=False, verbose_name="every field instead of the shown columns"),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[("csv", "CSV"), ("xlsx", "XLSX (Excel)")], max_length=4, verbose_name="format"
                    ),
                ),
                ("rows", models.PositiveBigIntegerField(default=0, verbose_name="rows")),
                ("folder", models.CharField(default=pmcrm.exports.models.new_folder, max_length=32, unique=True)),
                ("size", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="size")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="kept until")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["created_by", "-created_at"], name="export_by_person"),
                    models.Index(condition=models.Q(("state", "done")), fields=["expires_at"], name="export_outlived"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["queued", "working", "done", "cancelled", "failed", "removed"])
                        ),
                        name="export_state",
                    ),
                    models.CheckConstraint(condition=models.Q(("format__in", ["csv", "xlsx"])), name="export_format"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at", None), ("state__in", ["done", "removed"]), _connector="OR"),
                        name="export_kept_when_done",
                    ),
                ],
            },
        ),
    ]
