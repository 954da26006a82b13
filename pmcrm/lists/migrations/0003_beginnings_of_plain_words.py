"""Only a word of letters and digits is looked for by how it begins.

One with signs in it, an address or a reference, is taken to pieces, and what begins like a piece of one letter is nearly
everything.
"""

from django.db import migrations

QUERY = r"""
CREATE OR REPLACE FUNCTION pmcrm_query(words text[]) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN (
        SELECT to_tsquery('pg_catalog.simple'::regconfig, string_agg(
            '''' || translate(folded, '''\', '  ') || CASE WHEN {begins} THEN ''':*' ELSE '''' END, ' & '))
        FROM unnest(words) AS word, pmcrm_fold(word) AS folded
    );
"""
FOUR_LETTERS = "length(folded) >= 4"
FOUR_PLAIN_LETTERS = "folded ~ '^[[:alnum:]]{4,}$'"


class Migration(migrations.Migration):
    dependencies = [("lists", "0002_saved_views")]
    operations = [
        migrations.RunSQL(QUERY.replace("{begins}", FOUR_PLAIN_LETTERS), QUERY.replace("{begins}", FOUR_LETTERS))
    ]
