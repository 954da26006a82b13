"""The indexes that filters by custom fields read; built beside the running product."""

import django.contrib.postgres.indexes
import django.db.models
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0005_custom_fields")]

    operations = [
        AddIndexConcurrently(
            model_name="account",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("custom"), name="jsonb_path_ops"),
                name="account_custom",
            ),
        ),
        AddIndexConcurrently(
            model_name="contact",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("custom"), name="jsonb_path_ops"),
                name="contact_custom",
            ),
        ),
    ]
