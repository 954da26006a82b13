from django.db import migrations, models

# A note for each account whose load follows from the rows of the statement. Keys go in as a list, so that the plan, which
# is kept, asks the index for them however many there were the first time.
NOTES = """
CREATE FUNCTION note_load_by_presence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO touchpoints_loadchange (account_id)
        SELECT DISTINCT account_id FROM (
            (SELECT id, interaction_id, account_id, at, is_second_hand FROM before
            EXCEPT SELECT id, interaction_id, account_id, at, is_second_hand FROM after)
            UNION ALL (SELECT id, interaction_id, account_id, at, is_second_hand FROM after
            EXCEPT SELECT id, interaction_id, account_id, at, is_second_hand FROM before)
        ) AS changed;
    ELSE
        INSERT INTO touchpoints_loadchange (account_id) SELECT DISTINCT account_id FROM changed;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION note_load_by_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO touchpoints_loadchange (account_id)
        SELECT DISTINCT account_id FROM (
            (SELECT id, account_id, is_active, merged_into_id, deleted_at, erased_at FROM before
            EXCEPT SELECT id, account_id, is_active, merged_into_id, deleted_at, erased_at FROM after)
            UNION ALL (SELECT id, account_id, is_active, merged_into_id, deleted_at, erased_at FROM after
            EXCEPT SELECT id, account_id, is_active, merged_into_id, deleted_at, erased_at FROM before)
        ) AS changed;
    ELSE
        INSERT INTO touchpoints_loadchange (account_id) SELECT DISTINCT account_id FROM changed;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION note_load_by_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO touchpoints_loadchange (account_id)
        SELECT DISTINCT account_id FROM touchpoints_attendance WHERE interaction_id = ANY(
            ARRAY(SELECT interaction_id FROM before UNION SELECT interaction_id FROM after)
        );
    ELSE
        INSERT INTO touchpoints_loadchange (account_id)
        SELECT DISTINCT account_id FROM touchpoints_attendance
        WHERE interaction_id = ANY(ARRAY(SELECT DISTINCT interaction_id FROM changed));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION note_load_by_talk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO touchpoints_loadchange (account_id)
    SELECT DISTINCT account_id FROM touchpoints_attendance WHERE interaction_id = ANY(ARRAY(
        SELECT id FROM before JOIN after USING (id)
        WHERE (before.kind, before.status, before.at, before.minutes, before.outcome, before.is_incoming,
            before.deleted_at)
        IS DISTINCT FROM (after.kind, after.status, after.at, after.minutes, after.outcome, after.is_incoming,
            after.deleted_at)
    ));
    RETURN NULL;
END $$;
"""
FORGET_NOTES = """
DROP FUNCTION note_load_by_presence();
DROP FUNCTION note_load_by_person();
DROP FUNCTION note_load_by_name();
DROP FUNCTION note_load_by_talk();
"""
WATCHED = {
    "touchpoints_attendance": "note_load_by_presence",
    "accounts_contact": "note_load_by_person",
    "touchpoints_interaction_contacts": "note_load_by_name",
    "touchpoints_interaction": "note_load_by_talk",
}
TABLES = {
    "insert": "NEW TABLE AS changed",
    "delete": "OLD TABLE AS changed",
    "update": "OLD TABLE AS before NEW TABLE AS after",
}


def watch(table: str, function: str) -> list[migrations.RunSQL]:
    # A talk comes and goes with those who were there.
    events = ["update"] if function == "note_load_by_talk" else list(TABLES)
    return [
        migrations.RunSQL(
            f"CREATE TRIGGER {function}_{event} AFTER {event} ON {table} REFERENCING {TABLES[event]}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
            f"DROP TRIGGER {function}_{event} ON {table}",
        )
        for event in events
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_load_holds"),
        ("touchpoints", "0005_next_step_shared"),
    ]

    operations = [
        migrations.CreateModel(
            name="LoadChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.RunSQL(NOTES, FORGET_NOTES),
        *(operation for table, function in WATCHED.items() for operation in watch(table, function)),
        # All that was published before is worked out anew.
        migrations.RunSQL(
            "INSERT INTO touchpoints_loadchange (account_id) SELECT DISTINCT account_id FROM touchpoints_attendance",
            migrations.RunSQL.noop,
        ),
    ]
