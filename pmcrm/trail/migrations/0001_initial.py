"""Who did what, and who looked at what: rows that nobody changes."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from pmcrm.migrating import Together


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name="ViewLog",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
                    ("subject_type", models.CharField(max_length=60)),
                    ("subject_id", models.CharField(max_length=40)),
                    ("subject_label", models.CharField(max_length=200)),
                    (
                        "through",
                        models.CharField(help_text="page, api or export", max_length=20, verbose_name="through"),
                    ),
                    (
                        "actor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["subject_type", "subject_id", "-at"], name="viewlog_by_subject")],
                    "triggers": [
                        pgtrigger.compiler.Trigger(
                            name="viewlog_is_append_only",
                            sql=pgtrigger.compiler.UpsertTriggerSql(
                                func="\n    IF current_setting('pmcrm.forgetting', true) = 'on' AND TG_OP = 'UPDATE'\n        AND to_jsonb(NEW) - 'subject_label' - 'data' = to_jsonb(OLD) - 'subject_label' - 'data'\n    THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;\n",
                                hash="c27b94bc80a43041fe72e902dedc58912b560c84",
                                operation="UPDATE OR DELETE",
                                pgid="pgtrigger_viewlog_is_append_only_a25c9",
                                table="trail_viewlog",
                                when="BEFORE",
                            ),
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="TrailEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
                    ("verb", models.CharField(max_length=60, verbose_name="what")),
                    ("subject_type", models.CharField(max_length=60)),
                    ("subject_id", models.CharField(max_length=40)),
                    ("subject_label", models.CharField(max_length=200)),
                    ("account_id", models.BigIntegerField(blank=True, null=True)),
                    ("data", models.JSONField(default=dict)),
                    (
                        "actor",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["subject_type", "subject_id", "-at"], name="trail_by_subject"),
                        models.Index(fields=["account_id", "-at"], name="trail_by_account"),
                        models.Index(fields=["-at", "-id"], name="trail_newest_first"),
                    ],
                    "triggers": [
                        pgtrigger.compiler.Trigger(
                            name="trail_is_append_only",
                            sql=pgtrigger.compiler.UpsertTriggerSql(
                                func="\n    IF current_setting('pmcrm.forgetting', true) = 'on' AND TG_OP = 'UPDATE'\n        AND to_jsonb(NEW) - 'subject_label' - 'data' = to_jsonb(OLD) - 'subject_label' - 'data'\n    THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;\n",
                                hash="680d60857ef539fbb69c215aa740c8796f131d70",
                                operation="UPDATE OR DELETE",
                                pgid="pgtrigger_trail_is_append_only_dc383",
                                table="trail_trailentry",
                                when="BEFORE",
                            ),
                        ),
                    ],
                },
            ),
        ),
    ]
