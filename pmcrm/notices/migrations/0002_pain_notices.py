"""Two more occasions: a trouble told again, and an answer that is due."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_notices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_kind",
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("decision", "A decision waits"),
                    ("export", "A file is ready"),
                    ("talk_planned", "Somebody plans to talk with a customer of yours"),
                    ("talk_answered", "A talk that you planned was answered"),
                    ("promise_late", "A promise is late"),
                    ("pain_retold", "A customer had to tell it again"),
                    ("pain_due", "A customer waits for an answer"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "decision",
                            "export",
                            "talk_planned",
                            "talk_answered",
                            "promise_late",
                            "pain_retold",
                            "pain_due",
                        ],
                    )
                ),
                name="notice_kind",
            ),
        ),
    ]
