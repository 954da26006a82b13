"""Imports and what they made and changed."""

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import pmcrm.exchange.models
from pmcrm.migrating import Together


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name="Import",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                    ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                    ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                    ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                    ("claim", models.UUIDField(blank=True, null=True)),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ("done_units", models.PositiveBigIntegerField(default=0, verbose_name="done so far")),
                    ("all_units", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="to do")),
                    ("failure", models.TextField(blank=True, verbose_name="what went wrong")),
                    ("kind", models.CharField(max_length=20, verbose_name="kind")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("uploaded", "Waiting to be read"),
                                ("checking", "Reading the file"),
                                ("needs_answers", "Needs an answer"),
                                ("ready", "Ready to import"),
                                ("running", "Importing"),
                                ("done", "Imported"),
                                ("refused", "Refused"),
                                ("failed", "Failed"),
                                ("reverting", "Being taken back"),
                                ("reverted", "Taken back"),
                            ],
                            default="uploaded",
                            max_length=20,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "source",
                        models.CharField(
                            blank=True,
                            help_text="The system the file comes from, such as “erp”.",
                            max_length=60,
                            verbose_name="source",
                        ),
                    ),
                    ("file_name", models.CharField(max_length=255, verbose_name="file")),
                    ("file_size", models.PositiveBigIntegerField(verbose_name="size")),
                    ("sha256", models.CharField(max_length=64)),
                    ("folder", models.CharField(default=pmcrm.exchange.models.new_folder, max_length=32, unique=True)),
                    ("answers", models.JSONField(blank=True, default=dict)),
                    ("findings", models.JSONField(blank=True, default=dict)),
                    ("mapping", models.JSONField(blank=True, default=dict)),
                    ("questions", models.JSONField(blank=True, default=list)),
                    ("preview", models.JSONField(blank=True, default=dict)),
                    ("join_name", models.CharField(blank=True, max_length=255, verbose_name="look-up file")),
                    ("join_key", models.CharField(blank=True, max_length=200, verbose_name="key of the look-up file")),
                    ("is_partial", models.BooleanField(default=False, verbose_name="good rows now, bad rows back")),
                    (
                        "checked_base",
                        models.TextField(blank=True, help_text="What the rows were checked against; empty: unknown."),
                    ),
                    ("staged_rows", models.PositiveBigIntegerField(blank=True, null=True)),
                    ("written_rows", models.PositiveBigIntegerField(default=0)),
                    ("rows", models.PositiveBigIntegerField(default=0, verbose_name="rows")),
                    ("imported", models.PositiveBigIntegerField(default=0, verbose_name="imported")),
                    ("rejected", models.PositiveBigIntegerField(default=0, verbose_name="rejected")),
                    ("skipped", models.PositiveBigIntegerField(default=0, verbose_name="skipped")),
                    ("unchanged", models.PositiveBigIntegerField(default=0, verbose_name="here already")),
                    ("held", models.PositiveBigIntegerField(default=0, verbose_name="held back")),
                    ("first_errors", models.JSONField(blank=True, default=list)),
                    ("notes", models.JSONField(blank=True, default=list)),
                    ("summary", models.JSONField(blank=True, default=dict)),
                    ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
                    ("reverted_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back")),
                    (
                        "confirmed_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="confirmed by",
                        ),
                    ),
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
                    (
                        "reverted_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="taken back by",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["-created_at", "-id"], name="import_newest"),
                        models.Index(fields=["sha256", "kind"], name="import_by_content"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    [
                                        "uploaded",
                                        "checking",
                                        "needs_answers",
                                        "ready",
                                        "running",
                                        "done",
                                        "refused",
                                        "failed",
                                        "reverting",
                                        "reverted",
                                    ],
                                )
                            ),
                            name="import_state",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state__in", ["done", "refused", "ready"]), _negated=True),
                                (
                                    "rows",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("imported"), "+", models.F("rejected")
                                                ),
                                                "+",
                                                models.F("skipped"),
                                            ),
                                            "+",
                                            models.F("unchanged"),
                                        ),
                                        "+",
                                        models.F("held"),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="import_counts_every_row",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Created",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("label", models.CharField(max_length=60)),
                    ("object_id", models.BigIntegerField()),
                    (
                        "batch",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="created", to="exchange.import"
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("batch", "label", "object_id"), name="import_created_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Changed",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("label", models.CharField(max_length=60)),
                    ("object_id", models.BigIntegerField()),
                    ("before", models.JSONField()),
                    ("version", models.PositiveIntegerField()),
                    (
                        "batch",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="changed", to="exchange.import"
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("batch", "label", "object_id"), name="import_changed_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="KnownMapping",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=20)),
                    ("source", models.CharField(blank=True, max_length=60)),
                    ("headers", models.CharField(max_length=64)),
                    ("columns", models.JSONField(default=dict)),
                    ("said_at", models.DateTimeField(auto_now=True)),
                    (
                        "said_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("kind", "source", "headers"), name="known_mapping_once")
                    ],
                },
            ),
        ),
    ]
