"""Talks with accounts, and what came of them."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import pmcrm.lists.text
from pmcrm.migrating import Together

# The words of each interaction, to be searched. The column is the database's own: no page reads it, so no model has it.
WORDS = """
ALTER TABLE touchpoints_interaction
    ADD COLUMN words tsvector GENERATED ALWAYS AS (pmcrm_words(subject || ' ' || notes)) STORED;
CREATE INDEX interaction_words ON touchpoints_interaction USING gin (words);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("files", "0001_attachments"),
        ("lists", "0001_text_functions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name="Interaction",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                    (
                        "deleted_with",
                        models.CharField(blank=True, db_default="", default="", editable=False, max_length=40),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[("call", "Call"), ("meeting", "Meeting"), ("mail", "Mail"), ("note", "Note")],
                            max_length=10,
                            verbose_name="kind",
                        ),
                    ),
                    (
                        "status",
                        models.CharField(
                            choices=[("planned", "Planned"), ("held", "Held"), ("cancelled", "Cancelled")],
                            default="held",
                            max_length=10,
                            verbose_name="status",
                        ),
                    ),
                    ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                    ("minutes", models.PositiveIntegerField(default=0, verbose_name="minutes")),
                    ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                    (
                        "voice",
                        models.CharField(
                            choices=[
                                ("direct", "The customer's own word"),
                                ("own", "Their own experience"),
                                ("proxy", "A customer's, told by them"),
                            ],
                            db_default="direct",
                            default="direct",
                            max_length=8,
                            verbose_name="voice",
                        ),
                    ),
                    (
                        "outcome",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("conversation", "Talked"),
                                ("declined_busy", "Declined, busy"),
                                ("callback_agreed", "Call back agreed"),
                                ("no_answer", "No answer"),
                                ("voicemail", "Voicemail"),
                                ("wrong_number", "Wrong number"),
                                ("gatekeeper", "Gatekeeper"),
                                ("not_suitable", "Not the right person"),
                                ("declined_no_contact", "Wants no contact"),
                            ],
                            max_length=20,
                            verbose_name="outcome",
                        ),
                    ),
                    ("notes", models.TextField(blank=True, verbose_name="notes")),
                    ("is_incoming", models.BooleanField(default=False, verbose_name="they called us")),
                    ("is_private", models.BooleanField(default=False, verbose_name="private")),
                    ("is_backdated", models.BooleanField(default=False, verbose_name="entered later")),
                    (
                        "cancel_reason",
                        models.CharField(
                            blank=True, db_default="", default="", max_length=200, verbose_name="why it was cancelled"
                        ),
                    ),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="interactions_logged",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="logged by",
                        ),
                    ),
                    (
                        "colleagues",
                        models.ManyToManyField(
                            blank=True,
                            related_name="interactions",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="people on our side",
                        ),
                    ),
                    (
                        "contacts",
                        models.ManyToManyField(
                            blank=True,
                            related_name="interactions",
                            to="accounts.contact",
                            verbose_name="people on their side",
                        ),
                    ),
                    (
                        "deleted_by",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["author", "-at"], name="interaction_by_author"),
                        models.Index(fields=["-at", "-id"], name="interaction_newest"),
                        models.Index(
                            condition=models.Q(("status", "planned")), fields=["at", "id"], name="interaction_planned"
                        ),
                        models.Index(
                            condition=models.Q(("status", "cancelled")),
                            fields=["at", "id"],
                            name="interaction_cancelled",
                        ),
                        models.Index(
                            condition=models.Q(("deleted_at__isnull", False)),
                            fields=["-deleted_at", "-id"],
                            name="interaction_in_trash",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["call", "meeting", "mail", "note"])),
                            name="interaction_kind",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("status__in", ["planned", "held", "cancelled"])),
                            name="interaction_status",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("voice__in", ["direct", "own", "proxy"])), name="interaction_voice"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("minutes__lte", 1440)),
                            name="interaction_minutes",
                            violation_error_message="A day has 1,440 minutes; enter a longer event as several.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Attendance",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("at", models.DateTimeField()),
                    ("is_second_hand", models.BooleanField(db_default=False, default=False)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="attendances",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "interaction",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="attendances",
                            to="touchpoints.interaction",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("is_second_hand", True)),
                            fields=["account"],
                            name="attendance_second_hand",
                        ),
                        models.Index(fields=["account", "-at", "-interaction"], name="attendance_timeline"),
                    ],
                    "constraints": [models.UniqueConstraint(fields=("interaction", "account"), name="attendance_once")],
                },
            ),
            migrations.CreateModel(
                name="Hold",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("reason", models.CharField(max_length=300, verbose_name="why")),
                    ("placed_at", models.DateTimeField(auto_now_add=True)),
                    ("lifted_at", models.DateTimeField(null=True)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="holds",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "lifted_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "placed_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("lifted_at", None)), fields=("account",), name="hold_one_in_force"
                        ),
                        models.CheckConstraint(condition=models.Q(("reason__regex", "\\S")), name="hold_has_a_reason"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("lifted_at", None), ("lifted_by", None)),
                                models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="hold_lifted_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="HoldOverride",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("reason", models.CharField(max_length=300, verbose_name="why all the same")),
                    ("at", models.DateTimeField(auto_now_add=True)),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "hold",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="overrides", to="touchpoints.hold"
                        ),
                    ),
                    (
                        "interaction",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="overrides",
                            to="touchpoints.interaction",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("hold", "interaction"), name="hold_override_once"),
                        models.CheckConstraint(
                            condition=models.Q(("reason__regex", "\\S")), name="hold_override_has_a_reason"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="InteractionReference",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("source", models.CharField(blank=True, max_length=60, verbose_name="source")),
                    ("value", models.CharField(max_length=200, verbose_name="value")),
                    (
                        "interaction",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="touchpoints.interaction"
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("source", "value"), name="interaction_reference_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="NextStep",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                    (
                        "deleted_with",
                        models.CharField(blank=True, db_default="", default="", editable=False, max_length=40),
                    ),
                    ("text", models.CharField(max_length=300, verbose_name="what")),
                    ("due_on", models.DateField(verbose_name="by")),
                    ("snoozed_until", models.DateField(blank=True, null=True, verbose_name="snoozed until")),
                    ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="next_steps",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "created_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "deleted_by",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "interaction",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="next_steps",
                            to="touchpoints.interaction",
                            verbose_name="from",
                        ),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="next_steps",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="who",
                        ),
                    ),
                ],
                options={
                    "ordering": ["due_on", "id"],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("done_at", None)),
                            fields=["owner", "due_on"],
                            name="next_step_open_by_owner",
                        ),
                        models.Index(
                            condition=models.Q(("done_at", None)),
                            fields=["account", "due_on"],
                            name="next_step_by_account",
                        ),
                        models.Index(
                            condition=models.Q(("deleted_with", ""), _negated=True),
                            fields=["deleted_with"],
                            name="next_step_gone_along",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="NpsAnswer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("respondent", models.CharField(blank=True, max_length=200, verbose_name="who answered")),
                    ("score", models.PositiveSmallIntegerField(verbose_name="score")),
                    ("answered_on", models.DateField(verbose_name="answered on")),
                    ("comment", models.TextField(blank=True, verbose_name="why")),
                    ("market", models.CharField(blank=True, max_length=100, verbose_name="market")),
                    ("touchpoint", models.CharField(blank=True, max_length=100, verbose_name="asked after")),
                    ("source", models.CharField(blank=True, max_length=60, verbose_name="source")),
                    ("ref", models.CharField(max_length=200, verbose_name="reference")),
                    ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "person",
                        models.GeneratedField(
                            db_persist=True,
                            expression=models.Case(
                                models.When(
                                    contact__isnull=False,
                                    then=django.db.models.functions.text.Concat(
                                        models.Value("c"), "contact_id", output_field=models.TextField()
                                    ),
                                ),
                                models.When(
                                    models.Q(("respondent", ""), _negated=True),
                                    then=django.db.models.functions.text.Concat(
                                        models.Value("n"),
                                        django.db.models.functions.comparison.Coalesce("account_id", 0),
                                        models.Value(" "),
                                        pmcrm.lists.text.Normalise("respondent"),
                                        output_field=models.TextField(),
                                    ),
                                ),
                                default=django.db.models.functions.text.Concat(
                                    models.Value("a"),
                                    "source",
                                    models.Value(" "),
                                    "ref",
                                    output_field=models.TextField(),
                                ),
                                output_field=models.TextField(),
                            ),
                            output_field=models.TextField(),
                        ),
                    ),
                    (
                        "account",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="nps_answers",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "contact",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="nps_answers",
                            to="accounts.contact",
                            verbose_name="contact",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["account", "-answered_on", "-id"], name="nps_answer_of_account"),
                        models.Index(fields=["-answered_on", "-id"], name="nps_answer_newest"),
                    ],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("score__lte", 10)), name="nps_answer_score"),
                        models.UniqueConstraint(fields=("source", "ref"), name="nps_answer_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PersonFact",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "field",
                        models.CharField(
                            choices=[
                                ("job_title", "Position"),
                                ("joined_company_on", "With the company since"),
                                ("previous_employers", "Earlier employers"),
                                ("background", "Background"),
                            ],
                            max_length=20,
                            verbose_name="what",
                        ),
                    ),
                    ("value", models.TextField(verbose_name="value")),
                    ("as_of", models.DateField(default=django.utils.timezone.localdate, verbose_name="as of")),
                    ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "contact",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="facts",
                            to="accounts.contact",
                            verbose_name="person",
                        ),
                    ),
                    (
                        "interaction",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="touchpoints.interaction",
                            verbose_name="from",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["contact", "-as_of", "-id"], name="person_fact_of_contact")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("field__in", ["job_title", "joined_company_on", "previous_employers", "background"])
                            ),
                            name="person_fact_field",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ProductDecision",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("title", models.CharField(max_length=200, verbose_name="title")),
                    ("decided", models.TextField(verbose_name="what was decided")),
                    ("alternatives", models.TextField(blank=True, verbose_name="what else was possible")),
                    ("decided_on", models.DateField(verbose_name="decided on")),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "deciders",
                        models.ManyToManyField(
                            blank=True,
                            related_name="product_decisions",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="who decided",
                        ),
                    ),
                    (
                        "product",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="accounts.product",
                            verbose_name="product",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["-decided_on", "-id"], name="product_decision_newest")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("title__regex", "\\S")), name="product_decision_has_a_title"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("decided__regex", "\\S")), name="product_decision_says_what"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Evidence",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "figure",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("revenue_12m", "Revenue, 12 months"),
                                ("contribution_12m", "Contribution, 12 months"),
                                ("contribution_rank", "Rank by contribution"),
                            ],
                            max_length=20,
                        ),
                    ),
                    ("value", models.DecimalField(decimal_places=6, max_digits=20, null=True)),
                    ("figures_at", models.DateTimeField(null=True)),
                    ("added_at", models.DateTimeField(auto_now_add=True)),
                    (
                        "account",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "added_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "file",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="files.attachment",
                        ),
                    ),
                    (
                        "promise",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="accounts.promise",
                        ),
                    ),
                    (
                        "interaction",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="evidence",
                            to="touchpoints.interaction",
                        ),
                    ),
                    (
                        "decision",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="evidence",
                            to="touchpoints.productdecision",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("account", None),
                                    ("figure", ""),
                                    ("file", None),
                                    ("interaction__isnull", False),
                                    ("promise", None),
                                ),
                                models.Q(
                                    ("account", None),
                                    ("figure", ""),
                                    ("file", None),
                                    ("interaction", None),
                                    ("promise__isnull", False),
                                ),
                                models.Q(
                                    ("account", None),
                                    ("figure", ""),
                                    ("file__isnull", False),
                                    ("interaction", None),
                                    ("promise", None),
                                ),
                                models.Q(
                                    ("account__isnull", False),
                                    ("file", None),
                                    ("interaction", None),
                                    ("promise", None),
                                    ("value__isnull", False),
                                    models.Q(("figure", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="evidence_is_one_thing",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("interaction__isnull", False)),
                            fields=("decision", "interaction"),
                            name="evidence_interaction",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("promise__isnull", False)),
                            fields=("decision", "promise"),
                            name="evidence_promise",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("file__isnull", False)),
                            fields=("decision", "file"),
                            name="evidence_file",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("account__isnull", False)),
                            fields=("decision", "account", "figure"),
                            name="evidence_figure",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Renewal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("renews_on", models.DateField(verbose_name="renews on")),
                    (
                        "outcome",
                        models.CharField(
                            choices=[
                                ("open", "Ahead"),
                                ("renewed", "Renewed"),
                                ("changed", "Renewed on other terms"),
                                ("lost", "Not renewed"),
                            ],
                            default="open",
                            max_length=8,
                            verbose_name="outcome",
                        ),
                    ),
                    ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="renewals",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "product",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="accounts.product",
                            verbose_name="product",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["account", "-renews_on", "-id"], name="renewal_of_account")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("outcome__in", ["open", "renewed", "changed", "lost"])),
                            name="renewal_outcome",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="TalkComment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("text", models.TextField(max_length=4000, verbose_name="comment")),
                    ("at", models.DateTimeField(auto_now_add=True)),
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
                            related_name="comments",
                            to="touchpoints.interaction",
                        ),
                    ),
                ],
                options={
                    "ordering": ["at", "id"],
                },
            ),
            migrations.CreateModel(
                name="UsageFinding",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "mode",
                        models.CharField(
                            choices=[
                                ("as_intended", "As intended"),
                                ("differently", "Differently"),
                                ("not_used", "Not used"),
                            ],
                            max_length=12,
                            verbose_name="use",
                        ),
                    ),
                    ("purpose", models.CharField(blank=True, max_length=300, verbose_name="what for")),
                    ("actual_way", models.TextField(blank=True, verbose_name="how they really do it")),
                    ("quote", models.TextField(blank=True, verbose_name="in their words")),
                    ("found_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="found on")),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="usage_findings",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
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
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="usage_findings",
                            to="touchpoints.interaction",
                            verbose_name="from",
                        ),
                    ),
                    (
                        "product",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="accounts.product",
                            verbose_name="product",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["account", "-found_on", "-id"], name="usage_of_account")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("mode__in", ["as_intended", "differently", "not_used"])),
                            name="usage_mode",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="VoiceRules",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "internal_weight",
                        models.DecimalField(
                            decimal_places=2,
                            default=Decimal("1.00"),
                            max_digits=4,
                            verbose_name="weight of an internal account",
                        ),
                    ),
                    ("low_weight_reason", models.TextField(blank=True, verbose_name="why less than a half")),
                    ("counts_second_hand", models.BooleanField(default=False, verbose_name="second-hand voices count")),
                    ("version", models.PositiveIntegerField(default=1)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("pk", 1)), name="voice_rules_are_one"),
                        models.CheckConstraint(
                            condition=models.Q(("internal_weight__range", (Decimal("0.00"), Decimal("5.00")))),
                            name="voice_rules_weight",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("internal_weight__gte", Decimal("0.50")),
                                ("low_weight_reason__regex", "\\S"),
                                _connector="OR",
                            ),
                            name="voice_rules_low_weight_has_a_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Draft",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("form", models.CharField(max_length=60)),
                    ("data", models.JSONField()),
                    ("saved_at", models.DateTimeField(auto_now=True)),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="drafts",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("user", "form"), name="draft_one_per_form")],
                },
            ),
            migrations.AddField(
                model_name="interaction",
                name="accounts",
                field=models.ManyToManyField(
                    related_name="interactions",
                    through="touchpoints.Attendance",
                    to="accounts.account",
                    verbose_name="accounts",
                ),
            ),
        ),
        migrations.RunSQL(WORDS, "ALTER TABLE touchpoints_interaction DROP COLUMN words;"),
    ]
