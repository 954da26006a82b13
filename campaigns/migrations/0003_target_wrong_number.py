from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_first_questions")]

    operations = [
        migrations.AddField(
            model_name="target",
            name="wrong_number",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=32),
        ),
    ]
