"""What hurts customers, what they were told to expect, and what talks taught us."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import pmcrm.lists.text
from pmcrm.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_silence_worked_out_by_sets"),
        ("touchpoints", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name="Pain",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("words", models.TextField(max_length=4000, verbose_name="their words")),
                    (
                        "folded",
                        models.GeneratedField(
                            db_persist=True, expression=pmcrm.lists.text.Fold("words"), output_field=models.TextField()
                        ),
                    ),
                    ("told_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="told on")),
                    (
                        "severity",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("blocking", "Cannot work"),
                                ("serious", "Costs them much"),
                                ("nuisance", "A nuisance"),
                            ],
                            default="",
                            max_length=10,
                            verbose_name="how bad",
                        ),
                    ),
                    (
                        "cause",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("technology", "The technology"),
                                ("way_of_working", "The way of working"),
                                ("price", "The price"),
                                ("buying", "How they bought it"),
                                ("rival", "What a rival has"),
                            ],
                            default="",
                            max_length=20,
                            verbose_name="what it comes from",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("open", "Waits for our answer"),
                                ("answered", "Answered"),
                                ("gone", "Does not hurt any more"),
                            ],
                            default="open",
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "expectation",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("heard_only", "Heard, no more"),
                                ("under_study", "We look into it"),
                                ("planned", "A fix is planned"),
                                ("not_planned", "No fix is planned"),
                            ],
                            default="",
                            max_length=12,
                            verbose_name="what they may expect",
                        ),
                    ),
                    (
                        "bypass_reason",
                        models.CharField(
                            blank=True, default="", max_length=200, verbose_name="why nothing was said before"
                        ),
                    ),
                    ("report_back_on", models.DateField(verbose_name="they hear from us by")),
                    ("retold_count", models.PositiveIntegerField(default=0, verbose_name="told again")),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="pains",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="noted by",
                        ),
                    ),
                    (
                        "interaction",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="pains",
                            to="touchpoints.interaction",
                            verbose_name="told in",
                        ),
                    ),
                    (
                        "merged_into",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="merged_here",
                            to="touchpoints.pain",
                        ),
                    ),
                    (
                        "promises",
                        models.ManyToManyField(
                            blank=True, related_name="pains", to="accounts.promise", verbose_name="promises"
                        ),
                    ),
                    (
                        "teller",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="pains_told",
                            to="accounts.contact",
                            verbose_name="who told it",
                        ),
                    ),
                    (
                        "saying",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="touchpoints.saying",
                            verbose_name="statement said before",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "pain",
                    "indexes": [
                        models.Index(fields=["account", "-told_on", "-id"], name="pain_of_account"),
                        models.Index(
                            condition=models.Q(("merged_into", None), ("state", "open")),
                            fields=["report_back_on", "id"],
                            name="pain_waiting",
                        ),
                        models.Index(
                            condition=models.Q(("merged_into", None)), fields=["-told_on", "-id"], name="pain_newest"
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            django.contrib.postgres.indexes.OpClass(models.F("folded"), name="gin_trgm_ops"),
                            name="pain_trigrams",
                        ),
                        django.contrib.postgres.indexes.GinIndex(pmcrm.lists.text.Pieces("folded"), name="pain_pieces"),
                    ],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("words__regex", "\\S")), name="pain_has_words"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("severity", ""), ("severity__in", ["blocking", "serious", "nuisance"]), _connector="OR"
                            ),
                            name="pain_severity",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("cause", ""),
                                ("cause__in", ["technology", "way_of_working", "price", "buying", "rival"]),
                                _connector="OR",
                            ),
                            name="pain_cause",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["open", "answered", "gone"])), name="pain_state"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("expectation", ""),
                                ("expectation__in", ["heard_only", "under_study", "planned", "not_planned"]),
                                _connector="OR",
                            ),
                            name="pain_expectation",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("merged_into", models.F("id")), _negated=True),
                            name="pain_not_merged_into_itself",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PainTelling",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("told_on", models.DateField(default=django.utils.timezone.localdate)),
                    ("words", models.TextField(blank=True, default="", max_length=4000, verbose_name="their words")),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "interaction",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="pain_tellings",
                            to="touchpoints.interaction",
                        ),
                    ),
                    (
                        "pain",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="tellings", to="touchpoints.pain"
                        ),
                    ),
                    (
                        "teller",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="accounts.contact",
                        ),
                    ),
                ],
                options={
                    "ordering": ["told_on", "id"],
                },
            ),
            migrations.CreateModel(
                name="Saying",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "channel",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("call", "By phone"),
                                ("meeting", "In a meeting"),
                                ("mail", "By mail"),
                                ("other", "In another way"),
                            ],
                            default="",
                            max_length=10,
                            verbose_name="how",
                        ),
                    ),
                    ("said_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                    ("expires_on", models.DateField(verbose_name="holds until")),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="sayings",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="said by",
                        ),
                    ),
                    (
                        "contacts",
                        models.ManyToManyField(
                            blank=True, related_name="sayings_heard", to="accounts.contact", verbose_name="to whom"
                        ),
                    ),
                    (
                        "interaction",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="sayings",
                            to="touchpoints.interaction",
                            verbose_name="where",
                        ),
                    ),
                    (
                        "statement",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="sayings",
                            to="touchpoints.statement",
                            verbose_name="statement",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["account", "-said_at", "-id"], name="saying_of_account"),
                        models.Index(fields=["statement", "expires_on"], name="saying_by_expiry"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("channel", ""), ("channel__in", ["call", "meeting", "mail", "other"]), _connector="OR"
                            ),
                            name="saying_channel",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Statement",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("slug", models.SlugField(verbose_name="short name")),
                    ("edition", models.PositiveIntegerField(default=1)),
                    (
                        "topic",
                        models.CharField(
                            choices=[
                                ("pains", "Troubles"),
                                ("roadmap", "What is planned"),
                                ("trial", "Early versions"),
                                ("involvement", "Their say"),
                                ("call", "The call itself"),
                            ],
                            max_length=12,
                            verbose_name="topic",
                        ),
                    ),
                    ("text", models.TextField(max_length=1000, verbose_name="what is said")),
                    ("expires_days", models.PositiveSmallIntegerField(verbose_name="holds for so many days")),
                    (
                        "unlocks",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("pain_capture", "Writing down their troubles"),
                                ("share_document", "Sharing what looks ahead"),
                            ],
                            default="",
                            max_length=20,
                            verbose_name="allows",
                        ),
                    ),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    ("retired_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "author",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "ordering": ["topic", "slug", "-edition"],
                    "constraints": [
                        models.UniqueConstraint(fields=("slug", "edition"), name="statement_edition_once"),
                        models.UniqueConstraint(
                            condition=models.Q(("retired_at", None)),
                            fields=("slug",),
                            name="statement_one_edition_in_use",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("topic__in", ["pains", "roadmap", "trial", "involvement", "call"])),
                            name="statement_topic",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("text__regex", "\\S")), name="statement_says_something"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("expires_days__gte", 1), ("expires_days__lte", 3650)),
                            name="statement_expires",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("unlocks", ""), ("unlocks__in", ["pain_capture", "share_document"]), _connector="OR"
                            ),
                            name="statement_unlocks",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Learning",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("text", models.TextField(max_length=2000, verbose_name="what we learned")),
                    (
                        "tags",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(
                                choices=[
                                    ("goal", "Goal"),
                                    ("worry", "Worry"),
                                    ("decision_habit", "How they decide"),
                                    ("quote", "Quote"),
                                    ("buyer_fact", "About buyers"),
                                    ("product_finding", "About the product"),
                                    ("rival", "Rival"),
                                    ("surprise", "Surprise"),
                                ],
                                max_length=20,
                            ),
                            blank=True,
                            default=list,
                            size=None,
                        ),
                    ),
                    ("is_surprise", models.BooleanField(default=False, verbose_name="surprised us")),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "interaction",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="learnings",
                            to="touchpoints.interaction",
                            verbose_name="learned in",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="learning_by_tag"),
                        models.Index(
                            condition=models.Q(("is_surprise", True)), fields=["-id"], name="learning_surprises"
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("text__regex", "\\S")), name="learning_says_something"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "tags__contained_by",
                                    [
                                        "goal",
                                        "worry",
                                        "decision_habit",
                                        "quote",
                                        "buyer_fact",
                                        "product_finding",
                                        "rival",
                                        "surprise",
                                    ],
                                )
                            ),
                            name="learning_tags",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PainAnswer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "expectation",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("heard_only", "Heard, no more"),
                                ("under_study", "We look into it"),
                                ("planned", "A fix is planned"),
                                ("not_planned", "No fix is planned"),
                            ],
                            default="",
                            max_length=12,
                        ),
                    ),
                    ("words", models.TextField(blank=True, default="", max_length=4000, verbose_name="what we said")),
                    (
                        "channel",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("call", "By phone"),
                                ("meeting", "In a meeting"),
                                ("mail", "By mail"),
                                ("other", "In another way"),
                            ],
                            default="",
                            max_length=10,
                            verbose_name="how",
                        ),
                    ),
                    ("told_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="when")),
                    ("is_report_back", models.BooleanField(default=False)),
                    ("due_on", models.DateField(blank=True, null=True)),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "contacts",
                        models.ManyToManyField(
                            blank=True, related_name="+", to="accounts.contact", verbose_name="to whom"
                        ),
                    ),
                    (
                        "pain",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="touchpoints.pain"
                        ),
                    ),
                ],
                options={
                    "ordering": ["told_on", "id"],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("is_report_back", True)), fields=["due_on"], name="pain_answer_by_day"
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("is_report_back", False), ("due_on__isnull", False), _connector="OR"),
                            name="pain_answer_had_a_day",
                        )
                    ],
                },
            ),
        ),
    ]
