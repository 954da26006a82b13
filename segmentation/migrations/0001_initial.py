"""The ledger, profit runs, flags, plans to part, and the notes of what a run reads."""

from decimal import Decimal

import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import segmentation.models.ledger
from pmcrm.migrating import Together

# What a run reads leaves a mark whenever it changes, whoever changes it.
NOTES = """
CREATE FUNCTION note_input_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO segmentation_inputchange ("table", at) VALUES (TG_TABLE_NAME, now());
    RETURN NULL;
END $$;

-- An account's edit matters to a run only where it changes who is judged or what the rows are called. A tier follows
-- from a run's revenue, so its change is no new input: a run would call itself outdated.
CREATE FUNCTION note_account_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM before JOIN after USING (id)
        WHERE (before.kind, before.party, before.state, before.ref, before.name, before.parent_id)
           IS DISTINCT FROM (after.kind, after.party, after.state, after.ref, after.name, after.parent_id)
    ) THEN
        INSERT INTO segmentation_inputchange ("table", at) VALUES (TG_TABLE_NAME, now());
    END IF;
    RETURN NULL;
END $$;

-- Hours go to the pool of a colleague's department.
CREATE FUNCTION note_person_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM before JOIN after USING (id) WHERE before.department_id IS DISTINCT FROM after.department_id
    ) THEN
        INSERT INTO segmentation_inputchange ("table", at) VALUES (TG_TABLE_NAME, now());
    END IF;
    RETURN NULL;
END $$;
"""

TABLES = [
    "segmentation_ledgerline",
    "segmentation_hourentry",
    "segmentation_costpool",
    "segmentation_poolrate",
    "segmentation_exchangerate",
    "segmentation_monthreopening",
    "segmentation_reviewfact",
    "accounts_valueassessment",
    "accounts_strategicentry",
    "touchpoints_interaction",
    "touchpoints_interaction_colleagues",
    "touchpoints_attendance",
    "people_department",
]

NOTE = (
    "CREATE TRIGGER note_input_change AFTER INSERT OR UPDATE OR DELETE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION note_input_change()"
)
NOTE_CHANGE = (
    "CREATE TRIGGER {function} AFTER UPDATE ON {table} "
    "REFERENCING OLD TABLE AS before NEW TABLE AS after "
    "FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
)
COMPARED = {"accounts_account": "note_account_change", "people_user": "note_person_change"}

# Sums round half-even. Without STRICT it is written out where it is used instead of being called: ten times faster over
# a hundred thousand rows.
ROUND = """
CREATE FUNCTION round_half_even(amount numeric, places integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN scale(amount) <= places THEN amount
        WHEN abs(amount - trunc(amount, places)) * power(10::numeric, places) = 0.5
        THEN round(2 * round(amount * power(10::numeric, places) / 2) / power(10::numeric, places), places)
        ELSE round(amount, places)
    END
$$;
"""

# Rows of a run are written by the hundred thousand: one trigger instead of a check per row.
GUARD = """
CREATE FUNCTION refuse_account_with_run_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM segmentation_accountprofit WHERE account_id = OLD.id) THEN
        RAISE foreign_key_violation USING MESSAGE = 'account ' || OLD.id || ' has rows in profit runs';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER refuse_account_with_run_rows BEFORE DELETE ON accounts_account
    FOR EACH ROW EXECUTE FUNCTION refuse_account_with_run_rows();
"""
UNGUARD = """
DROP TRIGGER refuse_account_with_run_rows ON accounts_account;
DROP FUNCTION refuse_account_with_run_rows();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("touchpoints", "0001_initial"),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name="InputChange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("table", models.CharField(max_length=60)),
                    ("at", models.DateTimeField(auto_now_add=True)),
                ],
            ),
            migrations.CreateModel(
                name="CostPool",
                fields=[
                    (
                        "slug",
                        models.CharField(
                            choices=[
                                ("support", "Support"),
                                ("product", "Product management"),
                                ("engineering", "Engineering"),
                                ("presales", "Presales"),
                                ("services", "Professional services"),
                                ("success", "Customer success"),
                            ],
                            max_length=20,
                            primary_key=True,
                            serialize=False,
                            verbose_name="pool",
                        ),
                    ),
                ],
                options={
                    "ordering": ["slug"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("slug__in", ["support", "product", "engineering", "presales", "services", "success"])
                            ),
                            name="cost_pool_is_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExchangeRate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("month", models.DateField(verbose_name="month")),
                    ("from_currency", models.CharField(max_length=3, verbose_name="from")),
                    ("to_currency", models.CharField(max_length=3, verbose_name="to")),
                    ("rate", models.DecimalField(decimal_places=8, max_digits=18, verbose_name="rate")),
                ],
                options={
                    "ordering": ["-month", "from_currency"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("month", "from_currency", "to_currency"), name="exchange_rate_once"
                        ),
                        models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="exchange_rate_positive"),
                        models.CheckConstraint(
                            condition=models.Q(("month__day", 1)), name="exchange_rate_first_of_month"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ProfitRun",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                    ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                    ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                    ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                    ("claim", models.UUIDField(blank=True, null=True)),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ("done_units", models.PositiveBigIntegerField(default=0, verbose_name="done so far")),
                    ("all_units", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="to do")),
                    ("failure", models.TextField(blank=True, verbose_name="what went wrong")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("queued", "Queued"),
                                ("running", "Running"),
                                ("done", "Done"),
                                ("partial", "Partial"),
                                ("no_data", "No data"),
                                ("does_not_reconcile", "Does not reconcile"),
                                ("failed", "Failed"),
                            ],
                            default="queued",
                            max_length=20,
                            verbose_name="state",
                        ),
                    ),
                    ("from_month", models.DateField(verbose_name="from")),
                    ("to_month", models.DateField(verbose_name="to")),
                    ("currency", models.CharField(max_length=3, verbose_name="currency")),
                    ("parameters", models.JSONField(default=dict)),
                    ("parameters_hash", models.CharField(blank=True, max_length=64)),
                    ("input_fingerprint", models.CharField(blank=True, max_length=80)),
                    ("content_hash", models.CharField(blank=True, max_length=64, verbose_name="content hash")),
                    ("code_version", models.CharField(blank=True, max_length=40)),
                    ("account_count", models.PositiveIntegerField(null=True, verbose_name="accounts")),
                    ("line_count", models.PositiveBigIntegerField(null=True, verbose_name="ledger lines")),
                    ("figures", models.JSONField(default=dict)),
                    ("curve_points", models.JSONField(default=list)),
                    (
                        "data_quality",
                        models.DecimalField(decimal_places=6, max_digits=7, null=True, verbose_name="data quality"),
                    ),
                    (
                        "thinned_at",
                        models.DateTimeField(editable=False, null=True, verbose_name="rows by account deleted"),
                    ),
                    (
                        "created_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="started by",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["-finished_at", "-id"], name="run_newest"),
                        models.Index(fields=["parameters_hash", "input_fingerprint"], name="run_by_input"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("from_month__lte", models.F("to_month"))), name="run_window"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("from_month__day", 1), ("to_month__day", 1)),
                            name="run_months_are_first_days",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    ["queued", "running", "done", "partial", "no_data", "does_not_reconcile", "failed"],
                                )
                            ),
                            name="run_state",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state__in", ["queued", "running"])),
                            fields=("from_month", "to_month", "currency"),
                            name="run_one_at_a_time_per_window",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Flag",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "level",
                        models.CharField(
                            choices=[
                                ("none", "None"),
                                ("watch", "Watch"),
                                ("review", "Review"),
                                ("candidate", "Candidate"),
                            ],
                            max_length=10,
                            verbose_name="level",
                        ),
                    ),
                    ("is_guarded", models.BooleanField(default=False, verbose_name="guarded")),
                    ("is_silenced", models.BooleanField(default=False, verbose_name="dismissed")),
                    ("contribution", models.DecimalField(decimal_places=6, max_digits=20, verbose_name="contribution")),
                    (
                        "attention_ratio",
                        models.DecimalField(decimal_places=6, max_digits=14, null=True, verbose_name="attention ratio"),
                    ),
                    (
                        "freed_hours",
                        models.DecimalField(
                            decimal_places=2, default=0, max_digits=12, verbose_name="hours it would free"
                        ),
                    ),
                    ("verdict", models.JSONField(default=dict)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="accounts.account"
                        ),
                    ),
                    (
                        "run",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="flags",
                            to="segmentation.profitrun",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("level__in", ["none", "watch", "review", "candidate"])),
                            name="flag_level",
                        ),
                        models.UniqueConstraint(fields=("run", "account"), name="flag_once_a_run"),
                    ],
                    "indexes": [models.Index(fields=["account", "-run"], name="flag_history")],
                },
            ),
            migrations.CreateModel(
                name="ExitPlan",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("nominated", "Nominated"),
                                ("private_draft", "Private draft"),
                                ("sponsored", "Sponsored"),
                                ("coalition", "Coalition"),
                                ("approval", "Approval"),
                                ("approved", "Approved"),
                                ("conversation", "Conversation"),
                                ("settlement", "Settlement"),
                                ("observation", "Observation"),
                                ("closed", "Closed"),
                                ("returned", "Returned"),
                                ("rejected", "Rejected"),
                                ("withdrawn", "Withdrawn"),
                            ],
                            default="private_draft",
                            max_length=20,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "evidence",
                        models.JSONField(
                            default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="figures"
                        ),
                    ),
                    ("is_guarded", models.BooleanField(default=False, verbose_name="guarded")),
                    ("is_refund_large", models.BooleanField(default=False, verbose_name="refund above the limit")),
                    (
                        "reason",
                        models.TextField(
                            blank=True,
                            help_text="Decisions and conditions that led here. Name no colleague and blame nobody.",
                            verbose_name="why part",
                        ),
                    ),
                    ("end_reason", models.TextField(blank=True, verbose_name="why it was withdrawn")),
                    ("statement", models.TextField(blank=True, verbose_name="what the sponsor tells the others")),
                    (
                        "talked_in_private_on",
                        models.DateField(blank=True, null=True, verbose_name="talked in private on"),
                    ),
                    ("initiative", models.TextField(blank=True, verbose_name="the work it asks for")),
                    ("option_a", models.TextField(blank=True, verbose_name="option A: go all in for this account")),
                    ("option_b", models.TextField(blank=True, verbose_name="option B: keep the plan for the others")),
                    (
                        "failure_chance",
                        models.CharField(
                            blank=True,
                            choices=[("low", "Low"), ("medium", "Medium"), ("high", "High")],
                            max_length=6,
                            verbose_name="chance that A fails",
                        ),
                    ),
                    ("failure_reason", models.TextField(blank=True, verbose_name="reason for that chance")),
                    (
                        "embarrassment",
                        models.TextField(blank=True, verbose_name="who would be embarrassed, and before whom"),
                    ),
                    ("none_reasons", models.JSONField(default=dict, verbose_name="reasons for naming nobody")),
                    ("department_lines", models.JSONField(default=dict, verbose_name="either/or by office")),
                    (
                        "choice",
                        models.CharField(
                            blank=True,
                            choices=[("A", "A: go all in for this account"), ("B", "B: keep the plan for the others")],
                            max_length=1,
                            verbose_name="choice",
                        ),
                    ),
                    ("chosen_on", models.DateField(blank=True, null=True, verbose_name="chosen on")),
                    (
                        "path",
                        models.CharField(
                            choices=[
                                ("prospect_in_sales_cycle", "Prospect in the sales cycle"),
                                ("signed_not_paid", "Signed, not paid"),
                                ("paying_customer", "Paying customer"),
                            ],
                            max_length=30,
                            verbose_name="path",
                        ),
                    ),
                    ("no_help_reason", models.TextField(blank=True, verbose_name="why nothing helpful can be offered")),
                    (
                        "approval_round",
                        models.PositiveSmallIntegerField(default=0, verbose_name="requests for approval"),
                    ),
                    ("requested_at", models.DateTimeField(blank=True, null=True, verbose_name="approval requested")),
                    (
                        "requested_document",
                        models.JSONField(
                            editable=False,
                            encoder=django.core.serializers.json.DjangoJSONEncoder,
                            null=True,
                            verbose_name="what is to be signed",
                        ),
                    ),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="proposed")),
                    (
                        "state_since",
                        models.DateTimeField(default=django.utils.timezone.now, verbose_name="in this state since"),
                    ),
                    ("changed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="changed")),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
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
                            verbose_name="proposed by",
                        ),
                    ),
                    (
                        "chosen_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="chosen by",
                        ),
                    ),
                    (
                        "final_approver",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="final approver",
                        ),
                    ),
                    (
                        "guard_approver",
                        models.ForeignKey(
                            blank=True,
                            help_text="From outside product; asked for where a guard protects the account.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="guard approver",
                        ),
                    ),
                    (
                        "refund_approver",
                        models.ForeignKey(
                            blank=True,
                            help_text="Beside the CFO; asked for where a refund lies above the organisation's limit.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="second approver of the refund",
                        ),
                    ),
                    (
                        "sponsor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="sponsor",
                        ),
                    ),
                    (
                        "flag",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="segmentation.flag",
                            verbose_name="flag",
                        ),
                    ),
                    (
                        "run",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="segmentation.profitrun",
                            verbose_name="run",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["account"], name="exit_plan_by_account"),
                        models.Index(fields=["author", "-changed_at"], name="exit_plan_by_author"),
                        models.Index(fields=["sponsor", "-changed_at"], name="exit_plan_by_sponsor"),
                        models.Index(fields=["state", "-changed_at", "-id"], name="exit_plan_by_state"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    [
                                        "nominated",
                                        "private_draft",
                                        "sponsored",
                                        "coalition",
                                        "approval",
                                        "approved",
                                        "conversation",
                                        "settlement",
                                        "observation",
                                        "closed",
                                        "returned",
                                        "rejected",
                                        "withdrawn",
                                    ],
                                )
                            ),
                            name="exit_plan_state",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("path__in", ["prospect_in_sales_cycle", "signed_not_paid", "paying_customer"])
                            ),
                            name="exit_plan_path",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("choice__in", ["", "A", "B"])), name="exit_plan_one_choice"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("failure_chance__in", ["", "low", "medium", "high"])),
                            name="exit_plan_failure_chance",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("final_approver", None),
                                models.Q(("final_approver", models.F("author")), _negated=True),
                                _connector="OR",
                            ),
                            name="exit_plan_author_does_not_approve",
                            violation_error_message="Whoever proposes a plan cannot be its final approver.",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    [
                                        "approval",
                                        "approved",
                                        "coalition",
                                        "conversation",
                                        "observation",
                                        "returned",
                                        "settlement",
                                    ],
                                )
                            ),
                            fields=("account",),
                            name="exit_plan_one_under_way",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExitSnapshot",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("round", models.PositiveSmallIntegerField(verbose_name="round")),
                    (
                        "content",
                        models.JSONField(
                            encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="content"
                        ),
                    ),
                    ("content_hash", models.CharField(max_length=64, verbose_name="content hash")),
                    ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made")),
                    (
                        "plan",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="snapshot",
                            to="segmentation.exitplan",
                        ),
                    ),
                ],
                options={
                    "triggers": [
                        pgtrigger.compiler.Trigger(
                            name="exit_snapshot_is_immutable",
                            sql=pgtrigger.compiler.UpsertTriggerSql(
                                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                hash="f08b258b73281ece086f4d68b385535cf331a84a",
                                operation="UPDATE OR DELETE",
                                pgid="pgtrigger_exit_snapshot_is_immutable_5a036",
                                table="segmentation_exitsnapshot",
                                when="BEFORE",
                            ),
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExitTask",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "department",
                        models.CharField(
                            choices=[("legal", "Legal"), ("finance", "Finance"), ("engineering", "Engineering")],
                            max_length=12,
                            verbose_name="for",
                        ),
                    ),
                    ("text", models.TextField(verbose_name="what")),
                    (
                        "hours",
                        models.DecimalField(
                            blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="hours at most"
                        ),
                    ),
                    ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                    ("result", models.TextField(blank=True, verbose_name="result")),
                    (
                        "next_step",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="touchpoints.nextstep",
                            verbose_name="next step",
                        ),
                    ),
                    (
                        "person",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="who",
                        ),
                    ),
                    (
                        "plan",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="tasks",
                            to="segmentation.exitplan",
                        ),
                    ),
                ],
                options={
                    "ordering": ["id"],
                    "constraints": [models.UniqueConstraint(fields=("plan", "department"), name="exit_task_once")],
                },
            ),
            migrations.CreateModel(
                name="FlagDismissal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "level",
                        models.CharField(
                            choices=[
                                ("none", "None"),
                                ("watch", "Watch"),
                                ("review", "Review"),
                                ("candidate", "Candidate"),
                            ],
                            max_length=10,
                            verbose_name="level",
                        ),
                    ),
                    ("contribution", models.DecimalField(decimal_places=6, max_digits=20)),
                    ("attention_ratio", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                    ("reason", models.TextField(verbose_name="reason")),
                    ("dismissed_at", models.DateTimeField(default=django.utils.timezone.now)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="flag_dismissals",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "dismissed_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "flag",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="dismissals",
                            to="segmentation.flag",
                        ),
                    ),
                ],
                options={
                    "ordering": ["-dismissed_at"],
                },
            ),
            migrations.CreateModel(
                name="HourEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("date", models.DateField(verbose_name="date")),
                    ("hours", models.DecimalField(decimal_places=2, max_digits=10, verbose_name="hours")),
                    ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                    ("source", models.CharField(blank=True, max_length=60, verbose_name="source")),
                    ("line_ref", models.CharField(blank=True, max_length=200, verbose_name="line reference")),
                    ("fingerprint", models.CharField(blank=True, max_length=64)),
                    ("batch_id", models.BigIntegerField(blank=True, null=True, verbose_name="import")),
                    (
                        "account",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="hour_entries",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "person",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "pool",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="hours",
                            to="segmentation.costpool",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["date", "pool"], include=("account", "hours"), name="hour_entry_by_date"),
                        models.Index(fields=["account", "-date"], name="hour_entry_by_account"),
                        models.Index(
                            condition=models.Q(("batch_id__isnull", False)),
                            fields=["batch_id"],
                            name="hour_entry_by_batch",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("hours__gte", 0)), name="hour_entry_not_negative"),
                        models.UniqueConstraint(
                            condition=models.Q(
                                models.Q(("source", ""), _negated=True), models.Q(("line_ref", ""), _negated=True)
                            ),
                            fields=("source", "line_ref"),
                            name="hour_entry_once",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("fingerprint", ""), _negated=True),
                            fields=("fingerprint",),
                            name="hour_entry_content_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LedgerLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("date", models.DateField(verbose_name="date")),
                    (
                        "month",
                        models.GeneratedField(
                            db_persist=True,
                            expression=segmentation.models.ledger.FirstOfMonth(models.F("date")),
                            output_field=models.DateField(),
                        ),
                    ),
                    (
                        "revenue",
                        models.DecimalField(decimal_places=6, default=0, max_digits=20, verbose_name="revenue"),
                    ),
                    (
                        "cost",
                        models.DecimalField(decimal_places=6, default=0, max_digits=20, verbose_name="direct cost"),
                    ),
                    ("currency", models.CharField(max_length=3, verbose_name="currency")),
                    ("category", models.CharField(blank=True, max_length=100, verbose_name="category")),
                    ("product", models.CharField(blank=True, max_length=300, verbose_name="product")),
                    ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                    ("source", models.CharField(blank=True, max_length=60, verbose_name="source")),
                    ("line_ref", models.CharField(blank=True, max_length=200, verbose_name="line reference")),
                    ("fingerprint", models.CharField(blank=True, max_length=64)),
                    ("batch_id", models.BigIntegerField(blank=True, null=True, verbose_name="import")),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="ledger_lines",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "reverses",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reversed_by",
                            to="segmentation.ledgerline",
                            verbose_name="reverses",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            fields=["account", "month"],
                            include=("currency", "revenue", "cost", "category"),
                            name="ledger_account_month",
                        ),
                        models.Index(fields=["account", "-date", "-id"], name="ledger_by_account_date"),
                        models.Index(
                            condition=models.Q(("batch_id__isnull", False)), fields=["batch_id"], name="ledger_by_batch"
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(
                                models.Q(("source", ""), _negated=True), models.Q(("line_ref", ""), _negated=True)
                            ),
                            fields=("source", "line_ref"),
                            name="ledger_line_once",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("fingerprint", ""), _negated=True),
                            fields=("fingerprint",),
                            name="ledger_content_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="ledger_currency"
                        ),
                    ],
                    "triggers": [
                        pgtrigger.compiler.Trigger(
                            name="ledger_line_is_immutable",
                            sql=pgtrigger.compiler.UpsertTriggerSql(
                                func="\n                    IF current_setting('pmcrm.merging', true) = 'on'\n                        AND to_jsonb(NEW) - 'account_id' - 'month' = to_jsonb(OLD) - 'account_id' - 'month'\n                    THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;\n                ",
                                hash="e0dd9ffe9adff3715d55f963068d3d28705f0591",
                                operation="UPDATE",
                                pgid="pgtrigger_ledger_line_is_immutable_71878",
                                table="segmentation_ledgerline",
                                when="BEFORE",
                            ),
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="MonthReopening",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("month", models.DateField(verbose_name="month")),
                    ("reopened_at", models.DateTimeField(auto_now_add=True)),
                    ("reason", models.TextField(verbose_name="reason")),
                    ("closed_again_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "reopened_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("closed_again_at", None)), fields=("month",), name="month_reopened_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("month__day", 1)), name="month_reopening_first_of_month"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PoolRate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("from_month", models.DateField(verbose_name="from month")),
                    ("rate", models.DecimalField(decimal_places=8, max_digits=18, verbose_name="rate per hour")),
                    ("currency", models.CharField(max_length=3, verbose_name="currency")),
                    (
                        "practical_hours",
                        models.DecimalField(decimal_places=2, max_digits=10, verbose_name="practical hours a month"),
                    ),
                    (
                        "pool",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="rates",
                            to="segmentation.costpool",
                        ),
                    ),
                ],
                options={
                    "ordering": ["pool", "from_month"],
                    "constraints": [
                        models.UniqueConstraint(fields=("pool", "from_month"), name="pool_rate_once_a_month"),
                        models.CheckConstraint(
                            condition=models.Q(("from_month__day", 1)), name="pool_rate_first_of_month"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("practical_hours__gte", 0), ("rate__gte", 0)),
                            name="pool_rate_not_negative",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="AccountProfit",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("position", models.PositiveIntegerField(verbose_name="place on the curve")),
                    ("rank", models.PositiveIntegerField(verbose_name="rank")),
                    ("revenue_rank", models.PositiveIntegerField(verbose_name="rank by revenue")),
                    ("ref", models.CharField(max_length=100)),
                    ("name", models.CharField(max_length=300)),
                    ("revenue", models.DecimalField(decimal_places=6, max_digits=20, verbose_name="revenue")),
                    ("direct_cost", models.DecimalField(decimal_places=6, max_digits=20, verbose_name="direct cost")),
                    ("people_cost", models.DecimalField(decimal_places=6, max_digits=20, verbose_name="people's time")),
                    ("hours", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="hours")),
                    ("contribution", models.DecimalField(decimal_places=6, max_digits=20, verbose_name="contribution")),
                    ("cumulative", models.DecimalField(decimal_places=6, max_digits=20, verbose_name="cumulative")),
                    ("is_about_zero", models.BooleanField(default=False, verbose_name="about zero")),
                    ("is_missing_rate", models.BooleanField(default=False, verbose_name="an exchange rate is missing")),
                    ("months_active", models.PositiveSmallIntegerField(default=0, verbose_name="months active")),
                    (
                        "account",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="profits",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "run",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="rows",
                            to="segmentation.profitrun",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("run", "position"), name="account_profit_position"),
                        models.UniqueConstraint(fields=("account", "run"), name="account_profit_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="AccountPoolShare",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "pool",
                        models.CharField(
                            choices=[
                                ("support", "Support"),
                                ("product", "Product management"),
                                ("engineering", "Engineering"),
                                ("presales", "Presales"),
                                ("services", "Professional services"),
                                ("success", "Customer success"),
                            ],
                            max_length=20,
                            verbose_name="pool",
                        ),
                    ),
                    ("hours", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="hours")),
                    ("cost", models.DecimalField(decimal_places=6, max_digits=20, verbose_name="cost")),
                    (
                        "account",
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "run",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="pool_shares",
                            to="segmentation.profitrun",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("run", "account", "pool"), name="account_pool_share_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="ReviewFact",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("value_class", "Class, 1 to 4"),
                                ("symptom_score", "Symptom score, 0 to 100"),
                                ("rescue_plan", "Rescue plan with a deadline"),
                                ("forward_plan", "Approved plan that earns within four quarters"),
                                ("market_value", "Market value"),
                                ("first_signature", "First signature"),
                                ("onboarding_ended", "Onboarding ended"),
                                ("legal_duty", "Legal duty or public contract"),
                                ("sole_reference", "Only reference in a target segment"),
                            ],
                            max_length=20,
                            verbose_name="what",
                        ),
                    ),
                    (
                        "value",
                        models.DecimalField(
                            blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="value"
                        ),
                    ),
                    ("raters", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="raters")),
                    ("on", models.DateField(default=django.utils.timezone.localdate, verbose_name="on")),
                    ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                    ("reason", models.TextField(verbose_name="reason")),
                    ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="review_facts",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "set_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["-set_at", "-id"],
                    "indexes": [models.Index(fields=["account", "kind", "-set_at"], name="review_fact_newest")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    [
                                        "value_class",
                                        "symptom_score",
                                        "rescue_plan",
                                        "forward_plan",
                                        "market_value",
                                        "first_signature",
                                        "onboarding_ended",
                                        "legal_duty",
                                        "sole_reference",
                                    ],
                                )
                            ),
                            name="review_fact_kind",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("kind", "value_class"), _negated=True),
                                ("value__in", [1, 2, 3, 4]),
                                _connector="OR",
                            ),
                            name="review_fact_class_1_to_4",
                            violation_error_message="The class is 1, 2, 3 or 4.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("kind", "symptom_score"), _negated=True),
                                models.Q(("raters__gte", 1), ("value__range", (0, 100))),
                                _connector="OR",
                            ),
                            name="review_fact_symptom_score",
                            violation_error_message="A symptom score lies between 0 and 100 and names its number of raters.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="TradeOffPool",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "pool",
                        models.CharField(
                            choices=[
                                ("support", "Support"),
                                ("product", "Product management"),
                                ("engineering", "Engineering"),
                                ("presales", "Presales"),
                                ("services", "Professional services"),
                                ("success", "Customer success"),
                            ],
                            max_length=20,
                            verbose_name="pool",
                        ),
                    ),
                    (
                        "needed",
                        models.DecimalField(
                            decimal_places=2, default=Decimal(0), max_digits=10, verbose_name="option A takes"
                        ),
                    ),
                    (
                        "displaced",
                        models.DecimalField(
                            decimal_places=2, default=Decimal(0), max_digits=10, verbose_name="taken from others"
                        ),
                    ),
                    ("used", models.DecimalField(decimal_places=6, max_digits=9, null=True, verbose_name="used")),
                    (
                        "idle",
                        models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=10, verbose_name="idle"),
                    ),
                    (
                        "extra",
                        models.DecimalField(
                            decimal_places=2, default=Decimal(0), max_digits=10, verbose_name="extra capacity assumed"
                        ),
                    ),
                    ("hiring", models.CharField(blank=True, max_length=200, verbose_name="approved hiring")),
                    ("hiring_starts_on", models.DateField(blank=True, null=True, verbose_name="starts on")),
                    (
                        "plan",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="pools",
                            to="segmentation.exitplan",
                        ),
                    ),
                ],
                options={
                    "ordering": ["id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("plan", "pool"), name="trade_off_pool_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("pool__in", ["support", "product", "engineering", "presales", "services", "success"])
                            ),
                            name="trade_off_pool_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("displaced__gte", 0), ("extra__gte", 0), ("idle__gte", 0), ("needed__gte", 0)
                            ),
                            name="trade_off_hours_not_negative",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExitOffer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "slug",
                        models.CharField(
                            choices=[
                                ("withdraw-proposal", "Withdraw the proposal"),
                                ("alternative-product", "Name a product that suits them better"),
                                ("architecture-insight", "Share what we learned about their architecture"),
                                ("builder-referral", "Point to a partner who can build it"),
                                ("peer-introduction", "Introduce someone who solved a like problem"),
                                ("refund", "Give back fees"),
                                ("data-export", "Export their data"),
                                ("migration-help", "Help them move"),
                                ("discounted-licence", "Cheaper licences of products that suit them"),
                                ("notice-period", "Time with full service before the end"),
                            ],
                            max_length=30,
                            verbose_name="offer",
                        ),
                    ),
                    ("details", models.JSONField(default=dict, verbose_name="details")),
                    (
                        "answer",
                        models.CharField(
                            blank=True,
                            choices=[("accepted", "Accepted"), ("declined", "Declined")],
                            max_length=10,
                            verbose_name="answer",
                        ),
                    ),
                    ("answered_on", models.DateField(blank=True, null=True, verbose_name="answered on")),
                    ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                    ("proof", models.TextField(blank=True, verbose_name="what shows that it is done")),
                    (
                        "partner_account",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="accounts.account",
                            verbose_name="the partner’s account",
                        ),
                    ),
                    (
                        "plan",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="offers",
                            to="segmentation.exitplan",
                        ),
                    ),
                ],
                options={
                    "ordering": ["id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("plan", "slug"), name="exit_offer_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "slug__in",
                                    [
                                        "withdraw-proposal",
                                        "alternative-product",
                                        "architecture-insight",
                                        "builder-referral",
                                        "peer-introduction",
                                        "refund",
                                        "data-export",
                                        "migration-help",
                                        "discounted-licence",
                                        "notice-period",
                                    ],
                                )
                            ),
                            name="exit_offer_slug",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("answer", ""), ("answered_on", None)),
                                models.Q(("answer__in", ["accepted", "declined"]), ("answered_on__isnull", False)),
                                _connector="OR",
                            ),
                            name="exit_offer_answer_has_a_day",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("done_on", None), ("answer", "accepted"), _connector="OR"),
                            name="exit_offer_done_was_accepted",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DisplacedItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "group",
                        models.CharField(
                            choices=[
                                ("existing_customers", "Existing customers who would wait"),
                                ("target_customers", "Target customers who would wait"),
                                ("most_wanted", "Most wanted work that would wait"),
                            ],
                            max_length=20,
                            verbose_name="group",
                        ),
                    ),
                    ("text", models.CharField(max_length=300, verbose_name="who or what")),
                    (
                        "account",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "plan",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="displaced",
                            to="segmentation.exitplan",
                        ),
                    ),
                ],
                options={
                    "ordering": ["id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("group__in", ["existing_customers", "target_customers", "most_wanted"])
                            ),
                            name="displaced_group",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CoalitionRow",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "office",
                        models.CharField(
                            choices=[
                                ("vp_support", "VP Support"),
                                ("vp_engineering", "VP Engineering"),
                                ("cfo", "CFO"),
                                ("vp_marketing", "VP Marketing"),
                                ("vp_sales", "VP Sales"),
                            ],
                            max_length=20,
                            verbose_name="office",
                        ),
                    ),
                    ("concern", models.TextField(blank=True, verbose_name="concern, in their words")),
                    ("evidence_shown", models.TextField(blank=True, verbose_name="evidence shown")),
                    ("talked_on", models.DateField(blank=True, null=True, verbose_name="talked on")),
                    (
                        "position",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("for", "For"),
                                ("for_with_conditions", "For, with conditions"),
                                ("unsure", "Unsure"),
                                ("against", "Against"),
                            ],
                            max_length=20,
                            verbose_name="position",
                        ),
                    ),
                    ("conditions", models.TextField(blank=True, verbose_name="conditions or objection")),
                    ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="position recorded")),
                    ("waiver_reason", models.TextField(blank=True, verbose_name="why the talk was waived")),
                    (
                        "person",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="person",
                        ),
                    ),
                    (
                        "signed_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="recorded by",
                        ),
                    ),
                    (
                        "plan",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="coalition",
                            to="segmentation.exitplan",
                        ),
                    ),
                ],
                options={
                    "ordering": ["id"],
                    "indexes": [models.Index(fields=["person", "plan"], name="coalition_by_person")],
                    "constraints": [
                        models.UniqueConstraint(fields=("plan", "office"), name="coalition_office_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("office__in", ["vp_support", "vp_engineering", "cfo", "vp_marketing", "vp_sales"])
                            ),
                            name="coalition_office",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("position__in", ["", "for", "for_with_conditions", "unsure", "against"])
                            ),
                            name="coalition_position",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("position", ""), ("signed_at__isnull", False), _connector="OR"),
                            name="coalition_position_is_signed",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExitRemedy",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "slug",
                        models.CharField(
                            choices=[
                                ("repair", "Repair"),
                                ("reprice", "Reprice"),
                                ("lighter_service", "Lighter service"),
                                ("hand_over", "Hand over"),
                            ],
                            max_length=20,
                            verbose_name="remedy",
                        ),
                    ),
                    ("is_tried", models.BooleanField(verbose_name="tried")),
                    ("reason", models.TextField(verbose_name="what came of it, or why not")),
                    (
                        "plan",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="remedies",
                            to="segmentation.exitplan",
                        ),
                    ),
                ],
                options={
                    "ordering": ["id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("plan", "slug"), name="exit_remedy_once"),
                        models.CheckConstraint(
                            condition=models.Q(("slug__in", ["repair", "reprice", "lighter_service", "hand_over"])),
                            name="exit_remedy_slug",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("reason__regex", "^\\s*$"), _negated=True),
                            name="exit_remedy_has_a_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExitSignature",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("round", models.PositiveSmallIntegerField(verbose_name="round")),
                    (
                        "role",
                        models.CharField(
                            choices=[
                                ("sponsor", "Sponsor"),
                                ("cfo", "CFO"),
                                ("refund_approver", "Second approver of the refund"),
                                ("guard_approver", "Guard approver"),
                                ("final_approver", "Final approver"),
                            ],
                            max_length=20,
                            verbose_name="as",
                        ),
                    ),
                    (
                        "decision",
                        models.CharField(
                            choices=[("approve", "Signed"), ("return", "Returned"), ("reject", "Rejected")],
                            max_length=10,
                            verbose_name="decision",
                        ),
                    ),
                    ("comment", models.TextField(blank=True, verbose_name="comment")),
                    ("content_hash", models.CharField(max_length=64, verbose_name="content hash")),
                    ("signed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="person",
                        ),
                    ),
                    (
                        "plan",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="signatures",
                            to="segmentation.exitplan",
                        ),
                    ),
                ],
                options={
                    "ordering": ["signed_at", "id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("plan", "round", "role"), name="exit_signature_once_a_round"),
                        models.UniqueConstraint(fields=("plan", "round", "person"), name="exit_signature_one_a_person"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decision", "approve"),
                                models.Q(("comment__regex", "^\\s*$"), _negated=True),
                                _connector="OR",
                            ),
                            name="exit_signature_return_says_why",
                        ),
                    ],
                    "triggers": [
                        pgtrigger.compiler.Trigger(
                            name="exit_signature_is_immutable",
                            sql=pgtrigger.compiler.UpsertTriggerSql(
                                func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                hash="8ae8ceaf6234e19cb858aeb8054e14dd4be8650d",
                                operation="UPDATE OR DELETE",
                                pgid="pgtrigger_exit_signature_is_immutable_1904e",
                                table="segmentation_exitsignature",
                                when="BEFORE",
                            ),
                        ),
                    ],
                },
            ),
        ),
        migrations.RunSQL(
            NOTES,
            "DROP FUNCTION note_input_change(); DROP FUNCTION note_account_change(); DROP FUNCTION note_person_change()",
        ),
        *(
            migrations.RunSQL(NOTE.format(table=table), f"DROP TRIGGER note_input_change ON {table}")
            for table in TABLES
        ),
        *(
            migrations.RunSQL(NOTE_CHANGE.format(function=function, table=table), f"DROP TRIGGER {function} ON {table}")
            for table, function in COMPARED.items()
        ),
        migrations.RunSQL(ROUND, "DROP FUNCTION round_half_even(numeric, integer)"),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
