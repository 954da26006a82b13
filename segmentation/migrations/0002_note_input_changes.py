"""What a run reads leaves a mark whenever it changes, whoever changes it; sums round half-even; one index covers them."""

from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION note_input_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO segmentation_inputchange ("table", at) VALUES (TG_TABLE_NAME, now());
    RETURN NULL;
END $$;

-- An account's edit matters to a run only where it changes who is judged or what the rows are called.
CREATE FUNCTION note_account_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM before JOIN after USING (id)
        WHERE (before.kind, before.party, before.state, before.ref, before.name, before.tier, before.parent_id)
           IS DISTINCT FROM (after.kind, after.party, after.state, after.ref, after.name, after.tier, after.parent_id)
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

CREATE FUNCTION round_half_even(amount numeric, places integer) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN scale(amount) <= places THEN amount
        WHEN abs(amount - trunc(amount, places)) * power(10::numeric, places) = 0.5
        THEN round(2 * round(amount * power(10::numeric, places) / 2) / power(10::numeric, places), places)
        ELSE round(amount, places)
    END
$$;
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


class Migration(migrations.Migration):
    dependencies = [
        ("segmentation", "0001_initial"),
        ("accounts", "0001_initial"),
        ("touchpoints", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            FUNCTIONS,
            "DROP FUNCTION note_input_change(); DROP FUNCTION note_account_change(); DROP FUNCTION note_person_change(); "
            "DROP FUNCTION round_half_even(numeric, integer)",
        ),
        *(
            migrations.RunSQL(NOTE.format(table=table), f"DROP TRIGGER note_input_change ON {table}")
            for table in TABLES
        ),
        *(
            migrations.RunSQL(NOTE_CHANGE.format(function=function, table=table), f"DROP TRIGGER {function} ON {table}")
            for table, function in COMPARED.items()
        ),
        migrations.RemoveIndex(model_name="ledgerline", name="ledger_account_month"),
        migrations.AddIndex(
            model_name="ledgerline",
            index=models.Index(
                fields=["account", "month"],
                include=["currency", "revenue", "cost", "category"],
                name="ledger_account_month",
            ),
        ),
    ]
