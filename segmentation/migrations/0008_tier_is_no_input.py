"""A tier follows from a run's revenue, so its change is no new input: a run would call itself outdated."""

from django.db import migrations

WITHOUT_TIER = """
CREATE OR REPLACE FUNCTION note_account_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""
WITH_TIER = WITHOUT_TIER.replace("state, before.ref", "state, before.tier, before.ref").replace(
    "state, after.ref", "state, after.tier, after.ref"
)


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0007_thinned_runs")]
    operations = [migrations.RunSQL(WITHOUT_TIER, WITH_TIER)]
