"""Positions taken so far were recorded by the person who still speaks for the office."""

from django.db import migrations, models


def name_who_spoke(apps, schema_editor):  # noqa: ARG001  Django's signature
    rows = apps.get_model("segmentation", "CoalitionRow").objects
    rows.filter(signed_at__isnull=False, signed_by=None).update(signed_by=models.F("person"))


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0010_exit_offers_answered")]

    operations = [migrations.RunPython(name_who_spoke, migrations.RunPython.noop)]
