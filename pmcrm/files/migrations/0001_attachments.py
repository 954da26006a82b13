"""Files that hang on an account. What hangs on an interaction comes in the next step: evidence of touchpoints is a file."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import pmcrm.files.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("media_type", models.CharField(max_length=100, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("sha256", models.CharField(max_length=64)),
                ("key", models.CharField(default=pmcrm.files.models.new_key, max_length=32, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="attached")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="removed")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="attached by",
                    ),
                ),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
                "indexes": [
                    models.Index(fields=["account", "-created_at", "-id"], name="attachment_of_account"),
                    models.Index(fields=["created_at", "id"], name="attachment_by_age"),
                    models.Index(
                        condition=models.Q(("removed_at__isnull", False)),
                        fields=["removed_at"],
                        name="attachment_removed",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[0-9a-f]{32}$")), name="attachment_random_key"
                    ),
                ],
            },
        ),
    ]
