"""Text keys and text search: trigrams, folding for sorting, normalising for equality, and what words are looked up by."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# The dictionary is named in full so that the functions are immutable and survive a restore under any search path.
KEYS = r"""
CREATE FUNCTION pmcrm_fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(public.unaccent('public.unaccent'::regdictionary, value));

CREATE FUNCTION pmcrm_normalise(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(normalize(btrim(regexp_replace(value, '\s+', ' ', 'g')), NFC));
"""

# Chinese, Japanese and Korean letters: a word of theirs is two letters long, less than a trigram.
SPACELESS = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"

# To take a text to pieces costs more than the planner assumes: it shall look pieces up, not make them row by row.
SEARCH = r"""
CREATE FUNCTION pmcrm_pieces(value text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 10000
    RETURN CASE WHEN value ~ '[SPACELESS]' THEN (
        SELECT array_agg(DISTINCT substr(run[1], at, size))
        FROM regexp_matches(value, '[SPACELESS]+', 'g') AS run,
             generate_series(1, length(run[1])) AS at,
             generate_series(1, 2) AS size
        WHERE at + size - 1 <= length(run[1])
    ) END;

CREATE FUNCTION pmcrm_words(value text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 10000
    RETURN to_tsvector('pg_catalog.simple'::regconfig, pmcrm_fold(left(value, 100000)))
        || coalesce(array_to_tsvector(pmcrm_pieces(left(value, 100000))), ''::tsvector);

CREATE FUNCTION pmcrm_query(words text[]) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN (
        SELECT to_tsquery('pg_catalog.simple'::regconfig, string_agg(
            '''' || translate(folded, '''\', '  ') || CASE WHEN length(folded) < 4 THEN '''' ELSE ''':*' END, ' & '))
        FROM unnest(words) AS word, pmcrm_fold(word) AS folded
    );
""".replace("SPACELESS", SPACELESS)


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(KEYS, "DROP FUNCTION pmcrm_normalise(text); DROP FUNCTION pmcrm_fold(text);"),
        migrations.RunSQL(
            SEARCH,
            "DROP FUNCTION pmcrm_query(text[]); DROP FUNCTION pmcrm_words(text); DROP FUNCTION pmcrm_pieces(text);",
        ),
    ]
