"""The indexes that the list of interactions reads for what is planned or cancelled; built beside the running product."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("touchpoints", "0010_holds")]

    operations = [
        AddIndexConcurrently(
            "interaction",
            models.Index(fields=["at", "id"], condition=models.Q(status="planned"), name="interaction_planned"),
        ),
        AddIndexConcurrently(
            "interaction",
            models.Index(fields=["at", "id"], condition=models.Q(status="cancelled"), name="interaction_cancelled"),
        ),
    ]
