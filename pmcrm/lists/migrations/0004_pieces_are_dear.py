"""To take a text to pieces costs more than the planner assumes: it shall look pieces up, not make them row by row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("lists", "0003_search_functions")]
    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION pmcrm_pieces(text) COST 10000; ALTER FUNCTION pmcrm_words(text) COST 10000;",
            "ALTER FUNCTION pmcrm_pieces(text) COST 100; ALTER FUNCTION pmcrm_words(text) COST 100;",
        )
    ]
