from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_target_wrong_number"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="target",
            index=models.Index(
                models.F("place"),
                models.F("tier_rank"),
                models.OrderBy(models.F("last_talk_at"), nulls_first=True),
                models.F("id"),
                condition=models.Q(("is_agreed", False), ("not_before__isnull", False), ("state", "waiting")),
                name="target_again",
            ),
        ),
    ]
