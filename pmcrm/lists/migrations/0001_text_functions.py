"""Text search and text keys: trigrams, folding for sorting, normalising for equality."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# The dictionary is named in full so that the functions are immutable and survive a restore under any search path.
FUNCTIONS = r"""
CREATE FUNCTION pmcrm_fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(public.unaccent('public.unaccent'::regdictionary, value));

CREATE FUNCTION pmcrm_normalise(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(normalize(btrim(regexp_replace(value, '\s+', ' ', 'g')), NFC));
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION pmcrm_normalise(text); DROP FUNCTION pmcrm_fold(text);"),
    ]
