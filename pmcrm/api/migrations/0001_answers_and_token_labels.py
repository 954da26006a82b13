"""Names of tokens, and answers kept for a repeated request."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from pmcrm.migrating import Together


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("knox", "0009_extend_authtoken_field"),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name="TokenLabel",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=100, verbose_name="what it is for")),
                    (
                        "token",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="label",
                            to=settings.KNOX_TOKEN_MODEL,
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Answer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("path", models.CharField(max_length=500)),
                    ("key", models.CharField(max_length=255)),
                    ("body_hash", models.CharField(max_length=64)),
                    ("status", models.PositiveSmallIntegerField()),
                    ("body", models.TextField(blank=True)),
                    ("location", models.CharField(blank=True, max_length=500)),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["person", "created_at"], name="api_answer_age")],
                    "constraints": [models.UniqueConstraint(fields=("person", "path", "key"), name="api_answer_once")],
                },
            ),
        ),
    ]
