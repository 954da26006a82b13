"""More occasions to tell a colleague something: troubles, calls, preparation, meetings; and what each one wishes."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import pmcrm.notices.models


class Migration(migrations.Migration):
    # As they were before they became one: a database that has these has this one.
    replaces = [
        ("notices", "0002_pain_notices"),
        ("notices", "0003_calls"),
        ("notices", "0004_wishes"),
        ("notices", "0005_notices_of_meetings"),
        ("notices", "0006_preparation_notices"),
    ]

    dependencies = [
        ("notices", "0001_notices"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="notice", name="notice_kind"),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("decision", "A decision waits"),
                    ("export", "A file is ready"),
                    ("talk_planned", "Somebody plans to talk with a customer of yours"),
                    ("talk_answered", "A talk that you planned was answered"),
                    ("campaign", "A call campaign waits for your word"),
                    ("usage", "A customer uses a product otherwise than meant"),
                    ("prepare", "A talk is not prepared yet"),
                    ("line_asked", "A line with sales waits for your word"),
                    ("promise_late", "A promise is late"),
                    ("pain_retold", "A customer had to tell it again"),
                    ("pain_due", "A customer waits for an answer"),
                    ("review_asked", "An agenda waits for a look by sales"),
                    ("review_given", "Sales looked at an agenda"),
                    ("meeting_answered", "Somebody answered an invitation"),
                    ("meeting_to_send", "An agenda should go out"),
                    ("meeting_to_close", "A meeting waits to be scored and closed"),
                    ("step_late", "A step agreed in a meeting is late"),
                    ("step_very_late", "A step agreed in a meeting stays undone"),
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
                            "campaign",
                            "usage",
                            "prepare",
                            "line_asked",
                            "promise_late",
                            "pain_retold",
                            "pain_due",
                            "review_asked",
                            "review_given",
                            "meeting_answered",
                            "meeting_to_send",
                            "meeting_to_close",
                            "step_late",
                            "step_very_late",
                        ],
                    )
                ),
                name="notice_kind",
            ),
        ),
        migrations.CreateModel(
            name="Wishes",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="wishes",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "remind_minutes",
                    models.PositiveSmallIntegerField(
                        default=15,
                        help_text="Minutes; 0 for no reminder.",
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="remind me before talks",
                    ),
                ),
                (
                    "has_digest",
                    models.BooleanField(default=False, verbose_name="each working day a mail with what lies ahead"),
                ),
                (
                    "mail_is_private",
                    models.BooleanField(
                        default=True,
                        help_text="You and the colleagues in the mail see them.",
                        verbose_name="mails that I log are private",
                    ),
                ),
                (
                    "feed_has_steps",
                    models.BooleanField(default=True, verbose_name="next steps stand in my calendar, too"),
                ),
                ("feed_hash", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("feed_made_at", models.DateTimeField(editable=False, null=True)),
                (
                    "drop_key",
                    models.CharField(
                        default=pmcrm.notices.models.new_drop_key, editable=False, max_length=40, unique=True
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("remind_minutes__lte", 1440)), name="wishes_minutes")
                ],
            },
        ),
    ]
