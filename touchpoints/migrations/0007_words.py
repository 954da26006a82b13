"""The words of each interaction, to be searched. The column is the database's own: no page reads it, so no model has it."""

from django.db import migrations

WORDS = """
ALTER TABLE touchpoints_interaction
    ADD COLUMN words tsvector GENERATED ALWAYS AS (pmcrm_words(subject || ' ' || notes)) STORED;
CREATE INDEX interaction_words ON touchpoints_interaction USING gin (words);
"""


class Migration(migrations.Migration):
    dependencies = [("touchpoints", "0006_trash"), ("lists", "0003_search_functions")]
    operations = [migrations.RunSQL(WORDS, "ALTER TABLE touchpoints_interaction DROP COLUMN words;")]
