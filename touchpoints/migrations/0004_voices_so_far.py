"""Whose voice was heard so far: where only people inside or partners took part, it was their own experience."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

OWN = """
    UPDATE touchpoints_interaction SET voice = 'own'
    WHERE voice = 'direct' AND id IN (
        SELECT a.interaction_id FROM touchpoints_attendance a JOIN accounts_account c ON c.id = a.account_id
        WHERE c.kind = 'internal' OR c.party <> 'customer'
    ) AND NOT EXISTS (
        SELECT FROM touchpoints_attendance a JOIN accounts_account c ON c.id = a.account_id
        WHERE a.interaction_id = touchpoints_interaction.id AND c.kind = 'external' AND c.party = 'customer'
    )
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("touchpoints", "0003_voices")]

    operations = [
        migrations.RunSQL(OWN, migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="attendance",
            index=models.Index(
                condition=models.Q(("is_second_hand", True)), fields=["account"], name="attendance_second_hand"
            ),
        ),
    ]
