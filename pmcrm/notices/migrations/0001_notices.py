"""What the product tells a colleague."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("decision", "A decision waits"),
                            ("export", "A file is ready"),
                            ("talk_planned", "Somebody plans to talk with a customer of yours"),
                            ("talk_answered", "A talk that you planned was answered"),
                            ("promise_late", "A promise is late"),
                        ],
                        max_length=20,
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("path", models.CharField(max_length=200, verbose_name="where the link leads")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("sent_at", None)), fields=["not_before"], name="notice_waiting")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "key"), name="notice_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["decision", "export", "talk_planned", "talk_answered", "promise_late"])
                        ),
                        name="notice_kind",
                    ),
                ],
            },
        ),
    ]
