"""The steps of everybody that are late, the oldest first, read from the top of an index."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("touchpoints", "0006_load_holds"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="nextstep",
            index=models.Index(
                condition=models.Q(("done_at", None)), fields=["due_on", "id"], name="next_step_open_by_day"
            ),
        ),
    ]
