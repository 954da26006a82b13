"""The indexes that the list of contacts and the lists of gaps read; built beside the running product."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0013_tags")]

    operations = [
        AddIndexConcurrently(
            "account",
            models.Index(fields=["sort_name", "id"], condition=models.Q(time_zone=""), name="account_without_zone"),
        ),
        AddIndexConcurrently("contact", models.Index(fields=["created_at", "id"], name="contact_by_age")),
        AddIndexConcurrently(
            "contact",
            models.Index(fields=["sort_name", "id"], condition=models.Q(phone=""), name="contact_without_phone"),
        ),
        AddIndexConcurrently(
            "contact",
            models.Index(
                fields=["account"], condition=models.Q(is_active=True) & ~models.Q(phone=""), name="contact_phones"
            ),
        ),
    ]
