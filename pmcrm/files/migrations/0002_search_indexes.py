"""Files that hang on an interaction, and what search finds a file by."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import pmcrm.lists.text
from pmcrm.migrating import Together


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_attachments"),
        ("lists", "0001_text_functions"),
        ("touchpoints", "0001_initial"),
    ]

    operations = [
        Together(
            migrations.AddField(
                model_name="attachment",
                name="interaction",
                field=models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="files",
                    to="touchpoints.interaction",
                    verbose_name="interaction",
                ),
            ),
            migrations.AddIndex(
                model_name="attachment",
                index=models.Index(fields=["interaction", "-created_at", "-id"], name="attachment_of_interaction"),
            ),
            migrations.AddConstraint(
                model_name="attachment",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("account", None), ("interaction__isnull", False)),
                        models.Q(("account__isnull", False), ("interaction", None)),
                        _connector="OR",
                    ),
                    name="attachment_on_one_thing",
                ),
            ),
            migrations.AddIndex(
                model_name="attachment",
                index=django.contrib.postgres.indexes.GinIndex(
                    django.contrib.postgres.indexes.OpClass(pmcrm.lists.text.Fold("name"), name="gin_trgm_ops"),
                    name="attachment_name_trigrams",
                ),
            ),
            migrations.AddIndex(
                model_name="attachment",
                index=django.contrib.postgres.indexes.GinIndex(
                    pmcrm.lists.text.Pieces(pmcrm.lists.text.Fold("name")), name="attachment_name_pieces"
                ),
            ),
        ),
    ]
