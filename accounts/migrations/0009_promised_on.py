import django.utils.timezone
from django.db import migrations, models

# Of those written down before, the day of writing is the best that is known.
FILL = "UPDATE accounts_promise SET promised_on = created_at::date"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_load_holds"),
    ]

    operations = [
        migrations.AddField(
            model_name="promise",
            name="promised_on",
            field=models.DateField(default=django.utils.timezone.localdate, verbose_name="promised on"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
