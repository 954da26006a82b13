"""Accounts, the people of an account, and all that is known of them."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.serializers.json
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import phonenumber_field.modelfields
from django.conf import settings
from django.db import migrations, models

import pmcrm.lists.text
import pmcrm.people.models
from pmcrm.migrating import Together


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("lists", "0001_text_functions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        # Libraries first: each later step of theirs would render all models of ours anew.
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
        ("knox", "0009_extend_authtoken_field"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name="Account",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                    (
                        "deleted_with",
                        models.CharField(blank=True, db_default="", default="", editable=False, max_length=40),
                    ),
                    ("ref", models.CharField(max_length=100, unique=True, verbose_name="reference")),
                    ("name", models.CharField(max_length=300, verbose_name="name")),
                    (
                        "kind",
                        models.CharField(
                            choices=[("external", "External"), ("internal", "Internal")],
                            max_length=10,
                            verbose_name="kind",
                        ),
                    ),
                    (
                        "party",
                        models.CharField(
                            choices=[
                                ("customer", "Customer"),
                                ("channel_partner", "Channel partner"),
                                ("supplier", "Supplier"),
                                ("analyst_press", "Analyst or press"),
                            ],
                            default="customer",
                            max_length=20,
                            verbose_name="party",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("suspect", "Suspect"),
                                ("prospect", "Prospect"),
                                ("in_sales_cycle", "In sales cycle"),
                                ("customer", "Customer"),
                                ("exiting", "Exiting"),
                                ("former", "Former"),
                            ],
                            default="customer",
                            max_length=20,
                            verbose_name="state",
                        ),
                    ),
                    ("industry", models.CharField(blank=True, max_length=100, verbose_name="industry")),
                    ("segment", models.CharField(blank=True, max_length=100, verbose_name="segment")),
                    (
                        "size",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("small", "Small (under 50 people)"),
                                ("medium", "Medium (50 to 249)"),
                                ("large", "Large (250 to 4,999)"),
                                ("very_large", "Very large (5,000 and more)"),
                            ],
                            max_length=12,
                            verbose_name="size",
                        ),
                    ),
                    (
                        "country",
                        models.CharField(
                            blank=True, help_text="Two letters, for example NO.", max_length=2, verbose_name="country"
                        ),
                    ),
                    ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                    (
                        "street",
                        models.CharField(
                            blank=True, db_default="", default="", max_length=200, verbose_name="street and number"
                        ),
                    ),
                    (
                        "postcode",
                        models.CharField(blank=True, db_default="", default="", max_length=20, verbose_name="postcode"),
                    ),
                    ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                    (
                        "time_zone",
                        models.CharField(
                            blank=True,
                            max_length=64,
                            validators=[pmcrm.people.models.check_time_zone],
                            verbose_name="time zone",
                        ),
                    ),
                    (
                        "phone",
                        phonenumber_field.modelfields.PhoneNumberField(
                            blank=True, db_default="", default="", max_length=128, region=None, verbose_name="phone"
                        ),
                    ),
                    ("website", models.URLField(blank=True, verbose_name="website")),
                    ("business_summary", models.TextField(blank=True, verbose_name="their business")),
                    (
                        "business_model",
                        models.CharField(
                            blank=True,
                            db_default="",
                            default="",
                            help_text="How they earn.",
                            max_length=100,
                            verbose_name="business model",
                        ),
                    ),
                    (
                        "incumbent_competitor",
                        models.CharField(
                            blank=True,
                            db_default="",
                            default="",
                            help_text="Whose product they use for what ours would do.",
                            max_length=200,
                            verbose_name="rival in place",
                        ),
                    ),
                    ("first_heard_on", models.DateField(blank=True, null=True, verbose_name="first heard of us on")),
                    (
                        "first_heard_source",
                        models.CharField(
                            blank=True,
                            db_default="",
                            default="",
                            max_length=200,
                            verbose_name="first heard of us through",
                        ),
                    ),
                    (
                        "first_impression",
                        models.TextField(blank=True, db_default="", default="", verbose_name="first impression"),
                    ),
                    (
                        "sales_form",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("inside", "Inside sales (from the desk)"),
                                ("outside", "Outside sales (in the field)"),
                            ],
                            db_default="",
                            default="",
                            max_length=10,
                            verbose_name="sold to by",
                        ),
                    ),
                    (
                        "distance_class",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("same_city", "Same city"),
                                ("same_country", "Same country, or near"),
                                ("remote", "Remote"),
                            ],
                            db_default="",
                            default="",
                            max_length=12,
                            verbose_name="distance",
                        ),
                    ),
                    (
                        "reference_ok",
                        models.BooleanField(
                            db_default=False, default=False, verbose_name="may be named as a reference"
                        ),
                    ),
                    (
                        "speaker_ok",
                        models.BooleanField(db_default=False, default=False, verbose_name="speaks at events"),
                    ),
                    (
                        "reference_permission_on",
                        models.DateField(blank=True, null=True, verbose_name="permission given on"),
                    ),
                    (
                        "internal_mode",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("assists", "Helps customers with the product"),
                                ("on_behalf", "Uses the product on a customer's behalf"),
                            ],
                            db_default="",
                            default="",
                            help_text="For an internal account: they help customers with it, or use it for them.",
                            max_length=10,
                            verbose_name="how they use the product",
                        ),
                    ),
                    (
                        "tier",
                        models.CharField(
                            blank=True,
                            choices=[("A", "Tier A"), ("B", "Tier B"), ("C", "Tier C"), ("", "Tier unknown")],
                            default="",
                            max_length=1,
                            verbose_name="tier",
                        ),
                    ),
                    (
                        "tier_score",
                        models.DecimalField(
                            blank=True, decimal_places=3, max_digits=6, null=True, verbose_name="tier score"
                        ),
                    ),
                    (
                        "custom",
                        models.JSONField(
                            blank=True,
                            db_default=models.Value({}, models.JSONField()),
                            default=dict,
                            editable=False,
                            verbose_name="own fields",
                        ),
                    ),
                    ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                    ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "sort_name",
                        models.GeneratedField(
                            db_persist=True, expression=pmcrm.lists.text.Fold("name"), output_field=models.TextField()
                        ),
                    ),
                    (
                        "normalised_name",
                        models.GeneratedField(
                            db_persist=True,
                            expression=pmcrm.lists.text.Normalise("name"),
                            output_field=models.TextField(),
                        ),
                    ),
                    (
                        "deleted_by",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "department",
                        models.ForeignKey(
                            blank=True,
                            help_text="For an internal account: the department it is.",
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="accounts",
                            to="people.department",
                            verbose_name="department",
                        ),
                    ),
                    (
                        "merged_into",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="merged_here",
                            to="accounts.account",
                            verbose_name="merged into",
                        ),
                    ),
                    (
                        "parent",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="subsidiaries",
                            to="accounts.account",
                            verbose_name="parent account",
                        ),
                    ),
                    (
                        "product_manager",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="accounts_in_product",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="product manager",
                        ),
                    ),
                    (
                        "relationship_owner",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="accounts_in_sales",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="relationship owner in sales",
                        ),
                    ),
                    (
                        "se_owner",
                        models.ForeignKey(
                            blank=True,
                            help_text="Whom their technical people talk to.",
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="accounts_as_engineer",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="systems engineer",
                        ),
                    ),
                    (
                        "serves",
                        models.ManyToManyField(
                            blank=True,
                            related_name="served_by",
                            to="accounts.account",
                            verbose_name="external accounts served",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["sort_name", "id"], name="account_by_name"),
                        models.Index(fields=["normalised_name"], name="account_normalised_name"),
                        models.Index(fields=["relationship_owner", "sort_name", "id"], name="account_by_owner"),
                        models.Index(fields=["product_manager", "sort_name", "id"], name="account_by_manager"),
                        django.contrib.postgres.indexes.GinIndex(
                            django.contrib.postgres.indexes.OpClass(models.F("sort_name"), name="gin_trgm_ops"),
                            name="account_name_trigrams",
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            pmcrm.lists.text.Pieces("sort_name"), name="account_name_pieces"
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            django.contrib.postgres.indexes.OpClass(models.F("phone"), name="gin_trgm_ops"),
                            name="account_phone_trigrams",
                        ),
                        models.Index(
                            django.contrib.postgres.indexes.OpClass(
                                django.db.models.functions.text.Upper("ref"), name="text_pattern_ops"
                            ),
                            name="account_ref_starts",
                        ),
                        models.Index(
                            models.OrderBy(models.F("tier_score"), descending=True, nulls_last=True),
                            models.OrderBy(models.F("id"), descending=True),
                            name="account_tier_down",
                        ),
                        models.Index(
                            models.OrderBy(models.F("tier_score"), nulls_last=True),
                            models.F("id"),
                            name="account_tier_up",
                        ),
                        models.Index(fields=["country", "sort_name", "id"], name="account_by_country"),
                        models.Index(fields=["industry", "sort_name", "id"], name="account_by_industry"),
                        models.Index(fields=["state", "sort_name", "id"], name="account_by_state"),
                        models.Index(fields=["created_at", "id"], name="account_by_age"),
                        models.Index(
                            condition=models.Q(("time_zone", "")),
                            fields=["sort_name", "id"],
                            name="account_without_zone",
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            django.contrib.postgres.indexes.OpClass(models.F("custom"), name="jsonb_path_ops"),
                            name="account_custom",
                        ),
                        models.Index(
                            condition=models.Q(("merged_into__isnull", False)),
                            fields=["merged_into"],
                            name="account_merged",
                        ),
                        models.Index(
                            condition=models.Q(("deleted_at__isnull", False)),
                            fields=["-deleted_at", "-id"],
                            name="account_in_trash",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["external", "internal"])), name="account_kind"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    ["suspect", "prospect", "in_sales_cycle", "customer", "exiting", "former"],
                                )
                            ),
                            name="account_state",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("internal_mode", ""),
                                models.Q(("internal_mode__in", ["assists", "on_behalf"]), ("kind", "internal")),
                                _connector="OR",
                            ),
                            name="account_internal_mode",
                            violation_error_message="Only an internal account helps with the product or uses it for others.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("name__regex", "^\\s*$"), _negated=True),
                            name="account_has_a_name",
                            violation_error_message="An account needs a name.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("country", ""), ("country__regex", "^[A-Z]{2}$"), _connector="OR"),
                            name="account_country",
                            violation_error_message="Write the country as the two capital letters of ISO 3166, such as NO.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("parent", models.F("id")), _negated=True),
                            name="account_not_its_own_parent",
                            violation_error_message="An account cannot be its own parent.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("reference_ok", False), ("speaker_ok", False)),
                                ("reference_permission_on__isnull", False),
                                _connector="OR",
                            ),
                            name="account_permission_has_a_day",
                            violation_error_message="Say on which day they gave their permission.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("sales_form", ""), ("sales_form__in", ["inside", "outside"]), _connector="OR"
                            ),
                            name="account_sales_form",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("distance_class", ""),
                                ("distance_class__in", ["same_city", "same_country", "remote"]),
                                _connector="OR",
                            ),
                            name="account_distance",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("merged_into", models.F("id")), _negated=True),
                            name="account_not_merged_into_itself",
                        ),
                    ],
                    "triggers": [
                        pgtrigger.compiler.Trigger(
                            name="account_has_figures",
                            sql=pgtrigger.compiler.UpsertTriggerSql(
                                func="\n                    INSERT INTO accounts_accountfigures (account_id) SELECT id FROM new_accounts\n                    ON CONFLICT (account_id) DO NOTHING;\n                    RETURN NULL;\n                ",
                                hash="8d6a04416d43a2aeac30f9835d346359a39904e0",
                                level="STATEMENT",
                                operation="INSERT",
                                pgid="pgtrigger_account_has_figures_dd993",
                                referencing="REFERENCING NEW TABLE AS new_accounts ",
                                table="accounts_account",
                                when="AFTER",
                            ),
                        ),
                        pgtrigger.compiler.Trigger(
                            name="before_update",
                            sql=pgtrigger.compiler.UpsertTriggerSql(
                                func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_accountevent" ("business_model", "business_summary", "city", "country", "created_at", "custom", "department_id", "distance_class", "first_heard_on", "first_heard_source", "first_impression", "id", "incumbent_competitor", "industry", "internal_mode", "kind", "merged_into_id", "name", "parent_id", "party", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postcode", "product_manager_id", "ref", "reference_ok", "reference_permission_on", "region", "relationship_owner_id", "sales_form", "se_owner_id", "segment", "size", "speaker_ok", "state", "street", "tier", "tier_score", "time_zone", "updated_at", "version", "website") SELECT old_values."business_model", old_values."business_summary", old_values."city", old_values."country", old_values."created_at", old_values."custom", old_values."department_id", old_values."distance_class", old_values."first_heard_on", old_values."first_heard_source", old_values."first_impression", old_values."id", old_values."incumbent_competitor", old_values."industry", old_values."internal_mode", old_values."kind", old_values."merged_into_id", old_values."name", old_values."parent_id", old_values."party", _pgh_attached_context.value, NOW(), \'before\', old_values."id", old_values."phone", old_values."postcode", old_values."product_manager_id", old_values."ref", old_values."reference_ok", old_values."reference_permission_on", old_values."region", old_values."relationship_owner_id", old_values."sales_form", old_values."se_owner_id", old_values."segment", old_values."size", old_values."speaker_ok", old_values."state", old_values."street", old_values."tier", old_values."tier_score", old_values."time_zone", old_values."updated_at", old_values."version", old_values."website" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."business_model" IS DISTINCT FROM (new_values."business_model") OR old_values."business_summary" IS DISTINCT FROM (new_values."business_summary") OR old_values."city" IS DISTINCT FROM (new_values."city") OR old_values."country" IS DISTINCT FROM (new_values."country") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."custom" IS DISTINCT FROM (new_values."custom") OR old_values."department_id" IS DISTINCT FROM (new_values."department_id") OR old_values."distance_class" IS DISTINCT FROM (new_values."distance_class") OR old_values."first_heard_on" IS DISTINCT FROM (new_values."first_heard_on") OR old_values."first_heard_source" IS DISTINCT FROM (new_values."first_heard_source") OR old_values."first_impression" IS DISTINCT FROM (new_values."first_impression") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."incumbent_competitor" IS DISTINCT FROM (new_values."incumbent_competitor") OR old_values."industry" IS DISTINCT FROM (new_values."industry") OR old_values."internal_mode" IS DISTINCT FROM (new_values."internal_mode") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."merged_into_id" IS DISTINCT FROM (new_values."merged_into_id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."parent_id" IS DISTINCT FROM (new_values."parent_id") OR old_values."party" IS DISTINCT FROM (new_values."party") OR old_values."phone" IS DISTINCT FROM (new_values."phone") OR old_values."postcode" IS DISTINCT FROM (new_values."postcode") OR old_values."product_manager_id" IS DISTINCT FROM (new_values."product_manager_id") OR old_values."ref" IS DISTINCT FROM (new_values."ref") OR old_values."reference_ok" IS DISTINCT FROM (new_values."reference_ok") OR old_values."reference_permission_on" IS DISTINCT FROM (new_values."reference_permission_on") OR old_values."region" IS DISTINCT FROM (new_values."region") OR old_values."relationship_owner_id" IS DISTINCT FROM (new_values."relationship_owner_id") OR old_values."sales_form" IS DISTINCT FROM (new_values."sales_form") OR old_values."se_owner_id" IS DISTINCT FROM (new_values."se_owner_id") OR old_values."segment" IS DISTINCT FROM (new_values."segment") OR old_values."size" IS DISTINCT FROM (new_values."size") OR old_values."speaker_ok" IS DISTINCT FROM (new_values."speaker_ok") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."street" IS DISTINCT FROM (new_values."street") OR old_values."tier" IS DISTINCT FROM (new_values."tier") OR old_values."tier_score" IS DISTINCT FROM (new_values."tier_score") OR old_values."time_zone" IS DISTINCT FROM (new_values."time_zone") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."version" IS DISTINCT FROM (new_values."version") OR old_values."website" IS DISTINCT FROM (new_values."website")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                hash="1c2c314273be2fc9794e0d53c4ab24687b64eeda",
                                level="STATEMENT",
                                operation="UPDATE",
                                pgid="pgtrigger_before_update_a3326",
                                referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                                table="accounts_account",
                                when="AFTER",
                            ),
                        ),
                        pgtrigger.compiler.Trigger(
                            name="delete_delete",
                            sql=pgtrigger.compiler.UpsertTriggerSql(
                                func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_accountevent" ("business_model", "business_summary", "city", "country", "created_at", "custom", "department_id", "distance_class", "first_heard_on", "first_heard_source", "first_impression", "id", "incumbent_competitor", "industry", "internal_mode", "kind", "merged_into_id", "name", "parent_id", "party", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postcode", "product_manager_id", "ref", "reference_ok", "reference_permission_on", "region", "relationship_owner_id", "sales_form", "se_owner_id", "segment", "size", "speaker_ok", "state", "street", "tier", "tier_score", "time_zone", "updated_at", "version", "website") SELECT old_values."business_model", old_values."business_summary", old_values."city", old_values."country", old_values."created_at", old_values."custom", old_values."department_id", old_values."distance_class", old_values."first_heard_on", old_values."first_heard_source", old_values."first_impression", old_values."id", old_values."incumbent_competitor", old_values."industry", old_values."internal_mode", old_values."kind", old_values."merged_into_id", old_values."name", old_values."parent_id", old_values."party", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."postcode", old_values."product_manager_id", old_values."ref", old_values."reference_ok", old_values."reference_permission_on", old_values."region", old_values."relationship_owner_id", old_values."sales_form", old_values."se_owner_id", old_values."segment", old_values."size", old_values."speaker_ok", old_values."state", old_values."street", old_values."tier", old_values."tier_score", old_values."time_zone", old_values."updated_at", old_values."version", old_values."website" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                                hash="e8fd3204edaf5854248269d8069fd99043b3e20e",
                                level="STATEMENT",
                                operation="DELETE",
                                pgid="pgtrigger_delete_delete_f7f6a",
                                referencing="REFERENCING OLD TABLE AS old_values ",
                                table="accounts_account",
                                when="AFTER",
                            ),
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Contact",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                    (
                        "deleted_with",
                        models.CharField(blank=True, db_default="", default="", editable=False, max_length=40),
                    ),
                    ("name", models.CharField(max_length=200, verbose_name="name")),
                    ("job_title", models.CharField(blank=True, max_length=200, verbose_name="position")),
                    (
                        "role",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("economic_buyer", "Economic buyer"),
                                ("technical", "Technical"),
                                ("user", "User"),
                                ("executive", "Executive"),
                                ("partner", "Partner"),
                            ],
                            db_default="",
                            default="",
                            max_length=16,
                            verbose_name="role towards us",
                        ),
                    ),
                    (
                        "joined_company_on",
                        models.DateField(blank=True, null=True, verbose_name="with the company since"),
                    ),
                    ("previous_employers", models.TextField(blank=True, verbose_name="earlier employers")),
                    ("background", models.TextField(blank=True, verbose_name="background")),
                    ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                    (
                        "phone",
                        phonenumber_field.modelfields.PhoneNumberField(
                            blank=True, max_length=128, region=None, verbose_name="phone"
                        ),
                    ),
                    (
                        "time_zone",
                        models.CharField(
                            blank=True,
                            help_text="Left empty, the account's zone counts.",
                            max_length=64,
                            validators=[pmcrm.people.models.check_time_zone],
                            verbose_name="time zone",
                        ),
                    ),
                    (
                        "temperament",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("calm", "Calm"),
                                ("direct", "Direct"),
                                ("detailed", "Detailed"),
                                ("sceptical", "Sceptical"),
                                ("impatient", "Impatient"),
                                ("warm", "Warm"),
                                ("", "Not known"),
                            ],
                            max_length=12,
                            verbose_name="temperament",
                        ),
                    ),
                    ("temperament_note", models.TextField(blank=True, verbose_name="how to speak with them")),
                    ("is_active", models.BooleanField(default=True, verbose_name="still there")),
                    (
                        "custom",
                        models.JSONField(
                            blank=True,
                            db_default=models.Value({}, models.JSONField()),
                            default=dict,
                            editable=False,
                            verbose_name="own fields",
                        ),
                    ),
                    ("erased_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erased")),
                    ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                    ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "sort_name",
                        models.GeneratedField(
                            db_persist=True, expression=pmcrm.lists.text.Fold("name"), output_field=models.TextField()
                        ),
                    ),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="contacts",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "deleted_by",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "merged_into",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="merged_here",
                            to="accounts.contact",
                            verbose_name="merged into",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["account", "sort_name", "id"], name="contact_by_account"),
                        models.Index(fields=["sort_name", "id"], name="contact_by_name"),
                        models.Index(fields=["created_at", "id"], name="contact_by_age"),
                        models.Index(
                            condition=models.Q(("phone", "")), fields=["sort_name", "id"], name="contact_without_phone"
                        ),
                        models.Index(
                            condition=models.Q(("is_active", True), models.Q(("phone", ""), _negated=True)),
                            fields=["account"],
                            name="contact_phones",
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            django.contrib.postgres.indexes.OpClass(models.F("sort_name"), name="gin_trgm_ops"),
                            name="contact_name_trigrams",
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            pmcrm.lists.text.Pieces("sort_name"), name="contact_name_pieces"
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            django.contrib.postgres.indexes.OpClass(
                                django.db.models.functions.text.Upper("email"), name="gin_trgm_ops"
                            ),
                            name="contact_email_trigrams",
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            django.contrib.postgres.indexes.OpClass(models.F("phone"), name="gin_trgm_ops"),
                            name="contact_phone_trigrams",
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            django.contrib.postgres.indexes.OpClass(models.F("custom"), name="jsonb_path_ops"),
                            name="contact_custom",
                        ),
                        models.Index(
                            condition=models.Q(("merged_into__isnull", False)),
                            fields=["merged_into"],
                            name="contact_merged",
                        ),
                        models.Index(
                            condition=models.Q(("deleted_at__isnull", False)),
                            fields=["-deleted_at", "-id"],
                            name="contact_in_trash",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("name__regex", "^\\s*$"), _negated=True),
                            name="contact_has_a_name",
                            violation_error_message="A contact needs a name.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("role", ""),
                                ("role__in", ["economic_buyer", "technical", "user", "executive", "partner"]),
                                _connector="OR",
                            ),
                            name="contact_role",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("merged_into", models.F("id")), _negated=True),
                            name="contact_not_merged_into_itself",
                        ),
                    ],
                    "triggers": [
                        pgtrigger.compiler.Trigger(
                            name="before_update",
                            sql=pgtrigger.compiler.UpsertTriggerSql(
                                condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."background" IS DISTINCT FROM (NEW."background") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."custom" IS DISTINCT FROM (NEW."custom") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."job_title" IS DISTINCT FROM (NEW."job_title") OR OLD."joined_company_on" IS DISTINCT FROM (NEW."joined_company_on") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."previous_employers" IS DISTINCT FROM (NEW."previous_employers") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."temperament" IS DISTINCT FROM (NEW."temperament") OR OLD."temperament_note" IS DISTINCT FROM (NEW."temperament_note") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                                func='INSERT INTO "accounts_contactevent" ("account_id", "background", "created_at", "custom", "email", "id", "is_active", "job_title", "joined_company_on", "merged_into_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "previous_employers", "role", "temperament", "temperament_note", "time_zone", "updated_at", "version") VALUES (OLD."account_id", OLD."background", OLD."created_at", OLD."custom", OLD."email", OLD."id", OLD."is_active", OLD."job_title", OLD."joined_company_on", OLD."merged_into_id", OLD."name", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."phone", OLD."previous_employers", OLD."role", OLD."temperament", OLD."temperament_note", OLD."time_zone", OLD."updated_at", OLD."version"); RETURN NULL;',
                                hash="737d3c2af2ca55ee36b6c51db76a2e89e3b23d45",
                                operation="UPDATE",
                                pgid="pgtrigger_before_update_45fe8",
                                table="accounts_contact",
                                when="AFTER",
                            ),
                        ),
                        pgtrigger.compiler.Trigger(
                            name="delete_delete",
                            sql=pgtrigger.compiler.UpsertTriggerSql(
                                func='INSERT INTO "accounts_contactevent" ("account_id", "background", "created_at", "custom", "email", "id", "is_active", "job_title", "joined_company_on", "merged_into_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "previous_employers", "role", "temperament", "temperament_note", "time_zone", "updated_at", "version") VALUES (OLD."account_id", OLD."background", OLD."created_at", OLD."custom", OLD."email", OLD."id", OLD."is_active", OLD."job_title", OLD."joined_company_on", OLD."merged_into_id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."previous_employers", OLD."role", OLD."temperament", OLD."temperament_note", OLD."time_zone", OLD."updated_at", OLD."version"); RETURN NULL;',
                                hash="65377332edfa21da704c4be8e70462a4d680fb61",
                                operation="DELETE",
                                pgid="pgtrigger_delete_delete_115a7",
                                table="accounts_contact",
                                when="AFTER",
                            ),
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="AccountEvent",
                fields=[
                    ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                    ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                    ("pgh_label", models.TextField(help_text="The event label.")),
                    ("id", models.BigIntegerField()),
                    ("ref", models.CharField(max_length=100, verbose_name="reference")),
                    ("name", models.CharField(max_length=300, verbose_name="name")),
                    (
                        "kind",
                        models.CharField(
                            choices=[("external", "External"), ("internal", "Internal")],
                            max_length=10,
                            verbose_name="kind",
                        ),
                    ),
                    (
                        "party",
                        models.CharField(
                            choices=[
                                ("customer", "Customer"),
                                ("channel_partner", "Channel partner"),
                                ("supplier", "Supplier"),
                                ("analyst_press", "Analyst or press"),
                            ],
                            default="customer",
                            max_length=20,
                            verbose_name="party",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("suspect", "Suspect"),
                                ("prospect", "Prospect"),
                                ("in_sales_cycle", "In sales cycle"),
                                ("customer", "Customer"),
                                ("exiting", "Exiting"),
                                ("former", "Former"),
                            ],
                            default="customer",
                            max_length=20,
                            verbose_name="state",
                        ),
                    ),
                    ("industry", models.CharField(blank=True, max_length=100, verbose_name="industry")),
                    ("segment", models.CharField(blank=True, max_length=100, verbose_name="segment")),
                    (
                        "size",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("small", "Small (under 50 people)"),
                                ("medium", "Medium (50 to 249)"),
                                ("large", "Large (250 to 4,999)"),
                                ("very_large", "Very large (5,000 and more)"),
                            ],
                            max_length=12,
                            verbose_name="size",
                        ),
                    ),
                    (
                        "country",
                        models.CharField(
                            blank=True, help_text="Two letters, for example NO.", max_length=2, verbose_name="country"
                        ),
                    ),
                    ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                    (
                        "street",
                        models.CharField(
                            blank=True, db_default="", default="", max_length=200, verbose_name="street and number"
                        ),
                    ),
                    (
                        "postcode",
                        models.CharField(blank=True, db_default="", default="", max_length=20, verbose_name="postcode"),
                    ),
                    ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                    (
                        "time_zone",
                        models.CharField(
                            blank=True,
                            max_length=64,
                            validators=[pmcrm.people.models.check_time_zone],
                            verbose_name="time zone",
                        ),
                    ),
                    (
                        "phone",
                        phonenumber_field.modelfields.PhoneNumberField(
                            blank=True, db_default="", default="", max_length=128, region=None, verbose_name="phone"
                        ),
                    ),
                    ("website", models.URLField(blank=True, verbose_name="website")),
                    ("business_summary", models.TextField(blank=True, verbose_name="their business")),
                    (
                        "business_model",
                        models.CharField(
                            blank=True,
                            db_default="",
                            default="",
                            help_text="How they earn.",
                            max_length=100,
                            verbose_name="business model",
                        ),
                    ),
                    (
                        "incumbent_competitor",
                        models.CharField(
                            blank=True,
                            db_default="",
                            default="",
                            help_text="Whose product they use for what ours would do.",
                            max_length=200,
                            verbose_name="rival in place",
                        ),
                    ),
                    ("first_heard_on", models.DateField(blank=True, null=True, verbose_name="first heard of us on")),
                    (
                        "first_heard_source",
                        models.CharField(
                            blank=True,
                            db_default="",
                            default="",
                            max_length=200,
                            verbose_name="first heard of us through",
                        ),
                    ),
                    (
                        "first_impression",
                        models.TextField(blank=True, db_default="", default="", verbose_name="first impression"),
                    ),
                    (
                        "sales_form",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("inside", "Inside sales (from the desk)"),
                                ("outside", "Outside sales (in the field)"),
                            ],
                            db_default="",
                            default="",
                            max_length=10,
                            verbose_name="sold to by",
                        ),
                    ),
                    (
                        "distance_class",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("same_city", "Same city"),
                                ("same_country", "Same country, or near"),
                                ("remote", "Remote"),
                            ],
                            db_default="",
                            default="",
                            max_length=12,
                            verbose_name="distance",
                        ),
                    ),
                    (
                        "reference_ok",
                        models.BooleanField(
                            db_default=False, default=False, verbose_name="may be named as a reference"
                        ),
                    ),
                    (
                        "speaker_ok",
                        models.BooleanField(db_default=False, default=False, verbose_name="speaks at events"),
                    ),
                    (
                        "reference_permission_on",
                        models.DateField(blank=True, null=True, verbose_name="permission given on"),
                    ),
                    (
                        "internal_mode",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("assists", "Helps customers with the product"),
                                ("on_behalf", "Uses the product on a customer's behalf"),
                            ],
                            db_default="",
                            default="",
                            help_text="For an internal account: they help customers with it, or use it for them.",
                            max_length=10,
                            verbose_name="how they use the product",
                        ),
                    ),
                    (
                        "tier",
                        models.CharField(
                            blank=True,
                            choices=[("A", "Tier A"), ("B", "Tier B"), ("C", "Tier C"), ("", "Tier unknown")],
                            default="",
                            max_length=1,
                            verbose_name="tier",
                        ),
                    ),
                    (
                        "tier_score",
                        models.DecimalField(
                            blank=True, decimal_places=3, max_digits=6, null=True, verbose_name="tier score"
                        ),
                    ),
                    (
                        "custom",
                        models.JSONField(
                            blank=True,
                            db_default=models.Value({}, models.JSONField()),
                            default=dict,
                            editable=False,
                            verbose_name="own fields",
                        ),
                    ),
                    ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                    ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "department",
                        models.ForeignKey(
                            blank=True,
                            db_constraint=False,
                            help_text="For an internal account: the department it is.",
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            related_query_name="+",
                            to="people.department",
                            verbose_name="department",
                        ),
                    ),
                    (
                        "merged_into",
                        models.ForeignKey(
                            blank=True,
                            db_constraint=False,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            related_query_name="+",
                            to="accounts.account",
                            verbose_name="merged into",
                        ),
                    ),
                    (
                        "parent",
                        models.ForeignKey(
                            blank=True,
                            db_constraint=False,
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            related_query_name="+",
                            to="accounts.account",
                            verbose_name="parent account",
                        ),
                    ),
                    (
                        "pgh_context",
                        models.ForeignKey(
                            db_constraint=False,
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            to="pghistory.context",
                        ),
                    ),
                    (
                        "pgh_obj",
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="events",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "product_manager",
                        models.ForeignKey(
                            blank=True,
                            db_constraint=False,
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            related_query_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="product manager",
                        ),
                    ),
                    (
                        "relationship_owner",
                        models.ForeignKey(
                            blank=True,
                            db_constraint=False,
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            related_query_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="relationship owner in sales",
                        ),
                    ),
                    (
                        "se_owner",
                        models.ForeignKey(
                            blank=True,
                            db_constraint=False,
                            help_text="Whom their technical people talk to.",
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            related_query_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="systems engineer",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="AccountTeam",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("account", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="accounts.account")),
                    (
                        "user",
                        models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("user", "account"), name="account_team_once")],
                },
            ),
            migrations.CreateModel(
                name="BulkChange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                    ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                    ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                    ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                    ("claim", models.UUIDField(blank=True, null=True)),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ("done_units", models.PositiveBigIntegerField(default=0, verbose_name="done so far")),
                    ("all_units", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="to do")),
                    ("failure", models.TextField(blank=True, verbose_name="what went wrong")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("queued", "Waiting"),
                                ("working", "Changing"),
                                ("done", "Done"),
                                ("cancelled", "Cancelled"),
                                ("failed", "Failed"),
                            ],
                            default="queued",
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "field",
                        models.CharField(
                            choices=[
                                ("state", "State"),
                                ("product_manager", "Product manager"),
                                ("relationship_owner", "Relationship owner in sales"),
                                ("add_tag", "Add a tag"),
                                ("remove_tag", "Take a tag off"),
                                ("trash", "Put in the trash"),
                            ],
                            max_length=20,
                            verbose_name="field",
                        ),
                    ),
                    ("to_state", models.CharField(blank=True, max_length=20, verbose_name="new state")),
                    (
                        "to_tag",
                        models.CharField(blank=True, db_default="", default="", max_length=40, verbose_name="tag"),
                    ),
                    ("query", models.CharField(blank=True, max_length=2000, verbose_name="the list it was asked from")),
                    (
                        "created_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="started by",
                        ),
                    ),
                    (
                        "to_person",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="new owner",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state__in", ["queued", "working"])),
                            fields=["state"],
                            name="bulk_change_open",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["queued", "working", "done", "cancelled", "failed"])),
                            name="bulk_change_state",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("field", "state"),
                                    ("to_person", None),
                                    ("to_tag", ""),
                                    models.Q(("to_state", ""), _negated=True),
                                ),
                                models.Q(
                                    ("field__in", ("product_manager", "relationship_owner")),
                                    ("to_state", ""),
                                    ("to_tag", ""),
                                ),
                                models.Q(
                                    ("field__in", ("add_tag", "remove_tag")),
                                    ("to_person", None),
                                    ("to_state", ""),
                                    models.Q(("to_tag", ""), _negated=True),
                                ),
                                models.Q(("field", "trash"), ("to_person", None), ("to_state", ""), ("to_tag", "")),
                                _connector="OR",
                            ),
                            name="bulk_change_value",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BulkRow",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("version", models.PositiveIntegerField()),
                    (
                        "outcome",
                        models.CharField(
                            choices=[("waiting", "Waiting"), ("done", "Done"), ("refused", "Refused")],
                            default="waiting",
                            max_length=8,
                        ),
                    ),
                    ("reason", models.TextField(blank=True)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.account"
                        ),
                    ),
                    (
                        "change",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="accounts.bulkchange"
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["change", "outcome", "id"], name="bulk_row_outcome")],
                    "constraints": [models.UniqueConstraint(fields=("change", "account"), name="bulk_row_once")],
                },
            ),
            migrations.CreateModel(
                name="ContactKeys",
                fields=[
                    (
                        "keys",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.BigIntegerField(), default=list, size=None
                        ),
                    ),
                    ("rules", models.PositiveSmallIntegerField()),
                    ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                    (
                        "contact",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="+",
                            serialize=False,
                            to="accounts.contact",
                        ),
                    ),
                ],
                options={
                    "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["keys"], name="contact_keys")],
                },
            ),
            migrations.CreateModel(
                name="ContactEvent",
                fields=[
                    ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                    ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                    ("pgh_label", models.TextField(help_text="The event label.")),
                    ("id", models.BigIntegerField()),
                    ("name", models.CharField(max_length=200, verbose_name="name")),
                    ("job_title", models.CharField(blank=True, max_length=200, verbose_name="position")),
                    (
                        "role",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("economic_buyer", "Economic buyer"),
                                ("technical", "Technical"),
                                ("user", "User"),
                                ("executive", "Executive"),
                                ("partner", "Partner"),
                            ],
                            db_default="",
                            default="",
                            max_length=16,
                            verbose_name="role towards us",
                        ),
                    ),
                    (
                        "joined_company_on",
                        models.DateField(blank=True, null=True, verbose_name="with the company since"),
                    ),
                    ("previous_employers", models.TextField(blank=True, verbose_name="earlier employers")),
                    ("background", models.TextField(blank=True, verbose_name="background")),
                    ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                    (
                        "phone",
                        phonenumber_field.modelfields.PhoneNumberField(
                            blank=True, max_length=128, region=None, verbose_name="phone"
                        ),
                    ),
                    (
                        "time_zone",
                        models.CharField(
                            blank=True,
                            help_text="Left empty, the account's zone counts.",
                            max_length=64,
                            validators=[pmcrm.people.models.check_time_zone],
                            verbose_name="time zone",
                        ),
                    ),
                    (
                        "temperament",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("calm", "Calm"),
                                ("direct", "Direct"),
                                ("detailed", "Detailed"),
                                ("sceptical", "Sceptical"),
                                ("impatient", "Impatient"),
                                ("warm", "Warm"),
                                ("", "Not known"),
                            ],
                            max_length=12,
                            verbose_name="temperament",
                        ),
                    ),
                    ("temperament_note", models.TextField(blank=True, verbose_name="how to speak with them")),
                    ("is_active", models.BooleanField(default=True, verbose_name="still there")),
                    (
                        "custom",
                        models.JSONField(
                            blank=True,
                            db_default=models.Value({}, models.JSONField()),
                            default=dict,
                            editable=False,
                            verbose_name="own fields",
                        ),
                    ),
                    ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                    ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "account",
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            related_query_name="+",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "merged_into",
                        models.ForeignKey(
                            blank=True,
                            db_constraint=False,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            related_query_name="+",
                            to="accounts.contact",
                            verbose_name="merged into",
                        ),
                    ),
                    (
                        "pgh_context",
                        models.ForeignKey(
                            db_constraint=False,
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            to="pghistory.context",
                        ),
                    ),
                    (
                        "pgh_obj",
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="events",
                            to="accounts.contact",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="ContactMerge",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("merged_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="merged")),
                    ("details", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="undone")),
                    (
                        "loser",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="accounts.contact",
                        ),
                    ),
                    (
                        "merged_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "undone_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "winner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.contact"
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "merges",
                    "abstract": False,
                    "indexes": [models.Index(fields=["-merged_at", "-id"], name="contactmerge_newest")],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("undone_at", None)), fields=("loser",), name="contactmerge_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ContactPair",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("score", models.DecimalField(decimal_places=5, max_digits=6, verbose_name="certainty")),
                    ("parts", models.JSONField(default=list)),
                    (
                        "state",
                        models.CharField(
                            choices=[("open", "To decide"), ("dismissed", "Not the same")],
                            default="open",
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    ("found_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="found")),
                    ("seen_in", models.BigIntegerField(null=True)),
                    ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                    (
                        "left",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="accounts.contact",
                        ),
                    ),
                    (
                        "right",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="accounts.contact",
                        ),
                    ),
                    (
                        "settled_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                    "indexes": [
                        models.Index(fields=["state", "-score", "-id"], name="contactpair_surest"),
                        models.Index(fields=["right"], name="contactpair_right"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("left", "right"), name="contactpair_once"),
                        models.CheckConstraint(
                            condition=models.Q(("left__lt", models.F("right"))), name="contactpair_in_order"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["open", "dismissed"])), name="contactpair_state"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ContactReference",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("source", models.CharField(blank=True, max_length=60, verbose_name="source")),
                    ("value", models.CharField(max_length=200, verbose_name="value")),
                    (
                        "contact",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.contact"
                        ),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("source", "value"), name="contact_reference_once")],
                },
            ),
            migrations.CreateModel(
                name="ContributionMark",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "contribution",
                        models.CharField(
                            choices=[
                                ("payer", "Payer"),
                                ("innovation_partner", "Innovation partner"),
                                ("evangelist", "Evangelist"),
                                ("evidence_giver", "Evidence giver"),
                            ],
                            max_length=20,
                            verbose_name="contribution",
                        ),
                    ),
                    ("on", models.DateField(blank=True, null=True, verbose_name="on")),
                    ("proof_url", models.CharField(blank=True, max_length=500, verbose_name="proof")),
                    ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="contribution_marks",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "contact",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="contribution_marks",
                            to="accounts.contact",
                            verbose_name="person there",
                        ),
                    ),
                    (
                        "marked_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "contribution marks",
                    "indexes": [
                        models.Index(fields=["account", "-on"], name="contribution_by_account"),
                        models.Index(
                            condition=models.Q(("on__isnull", False), models.Q(("proof_url", ""), _negated=True)),
                            fields=["contribution", "account"],
                            name="contribution_proven",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("contribution__in", ["payer", "innovation_partner", "evangelist", "evidence_giver"])
                            ),
                            name="contribution_mark_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CustomField",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "thing",
                        models.CharField(
                            choices=[("account", "Accounts"), ("contact", "Contacts")], max_length=10, verbose_name="of"
                        ),
                    ),
                    ("key", models.CharField(max_length=40)),
                    ("label", models.CharField(max_length=60, verbose_name="name")),
                    (
                        "type",
                        models.CharField(
                            choices=[
                                ("text", "Text"),
                                ("number", "Number"),
                                ("date", "Date"),
                                ("choice", "Choice"),
                                ("yes_no", "Yes or no"),
                            ],
                            max_length=10,
                            verbose_name="type",
                        ),
                    ),
                    ("choices", models.JSONField(blank=True, default=list, verbose_name="choices")),
                    ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="retired")),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("thing", "key"), name="custom_field_key_once"),
                        models.UniqueConstraint(
                            models.F("thing"),
                            django.db.models.functions.text.Lower("label"),
                            condition=models.Q(("retired_at", None)),
                            name="custom_field_label_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("type__in", ["text", "number", "date", "choice", "yes_no"])),
                            name="custom_field_type",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("thing__in", ["account", "contact"])), name="custom_field_thing"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("key__regex", "^[a-z][a-z0-9_]*$")), name="custom_field_key"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DuplicateSearch",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                    ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                    ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                    ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                    ("claim", models.UUIDField(blank=True, null=True)),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ("done_units", models.PositiveBigIntegerField(default=0, verbose_name="done so far")),
                    ("all_units", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="to do")),
                    ("failure", models.TextField(blank=True, verbose_name="what went wrong")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("queued", "Waiting"),
                                ("working", "Searching"),
                                ("done", "Done"),
                                ("failed", "Failed"),
                            ],
                            default="queued",
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    ("figures", models.JSONField(default=dict)),
                    (
                        "created_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="started by",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["-created_at", "-id"], name="duplicate_search_newest")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["queued", "working", "done", "failed"])),
                            name="duplicate_search_state",
                        ),
                        models.UniqueConstraint(
                            models.Value(1),
                            condition=models.Q(("state__in", ["queued", "working"])),
                            name="duplicate_search_one_at_a_time",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Enrolment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "programme",
                        models.CharField(
                            help_text="For example Beta of the quay view.", max_length=120, verbose_name="programme"
                        ),
                    ),
                    (
                        "role",
                        models.CharField(
                            choices=[
                                ("beta_tester", "Beta tester"),
                                ("brainstormer", "Brainstorms with us"),
                                ("hand_holder", "Holds a customer's hand"),
                                ("evangelist", "Evangelist"),
                            ],
                            max_length=12,
                            verbose_name="role",
                        ),
                    ),
                    ("since", models.DateField(default=django.utils.timezone.localdate, verbose_name="since")),
                    ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                    ("end_note", models.TextField(blank=True, verbose_name="what came of it")),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="enrolments",
                            to="accounts.account",
                            verbose_name="internal account",
                        ),
                    ),
                    (
                        "enrolled_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "paired_with",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="hand_holders",
                            to="accounts.account",
                            verbose_name="whose hand they hold",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["paired_with"], name="enrolment_by_pair")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("role__in", ["beta_tester", "brainstormer", "hand_holder", "evangelist"])
                            ),
                            name="enrolment_role",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("programme__regex", "^\\s*$"), _negated=True),
                            name="enrolment_has_a_programme",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("paired_with__isnull", False), ("role", "hand_holder")),
                                models.Q(models.Q(("role", "hand_holder"), _negated=True), ("paired_with", None)),
                                _connector="OR",
                            ),
                            name="enrolment_hand_holder_is_paired",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("account", models.F("paired_with")), _negated=True),
                            name="enrolment_of_two",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                            name="enrolment_ends_after_start",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("until", None)),
                            fields=("account", "programme", "role", "paired_with"),
                            name="enrolment_runs_once",
                            nulls_distinct=False,
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Erasure",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                    ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                    ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                    ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                    ("claim", models.UUIDField(blank=True, null=True)),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ("done_units", models.PositiveBigIntegerField(default=0, verbose_name="done so far")),
                    ("all_units", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="to do")),
                    ("failure", models.TextField(blank=True, verbose_name="what went wrong")),
                    ("requested_on", models.DateField(verbose_name="asked for on")),
                    ("reason", models.CharField(max_length=300, verbose_name="why")),
                    ("patterns", models.JSONField(default=list)),
                    (
                        "state",
                        models.CharField(
                            choices=[("queued", "Waiting"), ("working", "Looking"), ("done", "Looked through")],
                            default="queued",
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "contact",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.contact"
                        ),
                    ),
                    (
                        "created_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="started by",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["queued", "working", "done"])), name="erasure_state"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "done"), _negated=True), ("patterns", []), _connector="OR"
                            ),
                            name="erasure_forgets_what_it_looked_for",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExternalReference",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("source", models.CharField(max_length=60, verbose_name="source")),
                    ("kind", models.CharField(max_length=20, verbose_name="kind")),
                    ("value", models.CharField(max_length=200, verbose_name="value")),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="external_references",
                            to="accounts.account",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("source", "kind", "value"), name="external_reference_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Manners",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("ownership", models.TextField(blank=True, verbose_name="who owns the relationship")),
                    ("contact_rules", models.TextField(blank=True, verbose_name="rules of contact")),
                    ("approval_path", models.TextField(blank=True, verbose_name="who has to agree, and when")),
                    ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                    (
                        "written_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "how we deal with customers",
                },
            ),
            migrations.CreateModel(
                name="Mention",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("label", models.CharField(max_length=60)),
                    ("object_id", models.BigIntegerField()),
                    ("column", models.CharField(max_length=60)),
                    ("spans", models.JSONField(default=list)),
                    ("digest", models.CharField(max_length=64)),
                    (
                        "state",
                        models.CharField(
                            choices=[("open", "To look at"), ("redacted", "Taken out"), ("kept", "Left as it is")],
                            default="open",
                            max_length=8,
                            verbose_name="state",
                        ),
                    ),
                    ("settled_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "erasure",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="accounts.erasure"
                        ),
                    ),
                    (
                        "settled_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["erasure", "state", "id"], name="mention_to_settle")],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("erasure", "label", "object_id", "column"), name="mention_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["open", "redacted", "kept"])), name="mention_state"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Play",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "aim",
                        models.CharField(
                            choices=[
                                ("identify", "Identify"),
                                ("win", "Win"),
                                ("retain", "Retain"),
                                ("grow", "Grow"),
                                ("leverage", "Leverage"),
                            ],
                            max_length=8,
                            verbose_name="aim",
                        ),
                    ),
                    ("goal", models.TextField(verbose_name="goal")),
                    ("started_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="started")),
                    ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended")),
                    ("outcome", models.TextField(blank=True, verbose_name="what came of it")),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="plays",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="plays",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="owner",
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "plays",
                    "indexes": [
                        models.Index(fields=["account", "ended_on"], name="play_by_account"),
                        models.Index(
                            condition=models.Q(("ended_on", None)),
                            fields=["aim", "-started_on", "-id"],
                            name="play_on_the_board",
                        ),
                        models.Index(
                            condition=models.Q(("ended_on", None)),
                            fields=["owner", "aim"],
                            name="play_running_by_owner",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("aim__in", ["identify", "win", "retain", "grow", "leverage"])),
                            name="play_aim",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("goal__regex", "^\\s*$"), _negated=True), name="play_has_a_goal"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                            ),
                            name="play_ends_after_start",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Product",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                    (
                        "source",
                        models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="source"),
                    ),
                    (
                        "ref",
                        models.CharField(
                            blank=True, db_default="", default="", max_length=100, verbose_name="reference"
                        ),
                    ),
                    (
                        "category",
                        models.CharField(
                            blank=True, db_default="", default="", max_length=100, verbose_name="category"
                        ),
                    ),
                    (
                        "list_price",
                        models.DecimalField(
                            blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="list price"
                        ),
                    ),
                    (
                        "currency",
                        models.CharField(blank=True, db_default="", default="", max_length=3, verbose_name="currency"),
                    ),
                    (
                        "routes",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(
                                choices=[
                                    ("direct", "Direct sales"),
                                    ("channel", "Channel partners"),
                                    ("online", "Online, without a seller"),
                                    ("oem", "Built into another's product"),
                                ],
                                max_length=10,
                            ),
                            blank=True,
                            db_default=models.Value(
                                [],
                                django.contrib.postgres.fields.ArrayField(
                                    base_field=models.CharField(max_length=10), size=None
                                ),
                            ),
                            default=list,
                            size=None,
                            verbose_name="routes to market",
                        ),
                    ),
                    (
                        "life_stage",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("introduction", "Introduction"),
                                ("growth", "Growth"),
                                ("maturity", "Maturity"),
                                ("decline", "Decline"),
                            ],
                            db_default="",
                            default="",
                            max_length=12,
                            verbose_name="stage of its life",
                        ),
                    ),
                    ("version", models.PositiveIntegerField(db_default=1, default=1)),
                ],
                options={
                    "ordering": ["name"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("routes__contained_by", ["direct", "channel", "online", "oem"])),
                            name="product_routes",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("ref", ""), _negated=True),
                            fields=("source", "ref"),
                            name="product_reference_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("list_price__gte", 0)), name="product_price_not_negative"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Deal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=200, verbose_name="name")),
                    (
                        "source",
                        models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="source"),
                    ),
                    (
                        "ref",
                        models.CharField(
                            blank=True, db_default="", default="", max_length=100, verbose_name="reference"
                        ),
                    ),
                    (
                        "stage",
                        models.CharField(
                            choices=[("open", "Open"), ("won", "Won"), ("lost", "Lost")],
                            default="open",
                            max_length=10,
                            verbose_name="stage",
                        ),
                    ),
                    (
                        "step",
                        models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="step"),
                    ),
                    (
                        "amount",
                        models.DecimalField(
                            blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="amount"
                        ),
                    ),
                    ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                    ("opened_on", models.DateField(blank=True, null=True, verbose_name="opened on")),
                    ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on, or to be closed")),
                    ("signed_on", models.DateField(blank=True, null=True, verbose_name="signed on")),
                    (
                        "collected",
                        models.DecimalField(
                            db_default=0, decimal_places=6, default=0, max_digits=20, verbose_name="collected so far"
                        ),
                    ),
                    (
                        "agent",
                        models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="sold by"),
                    ),
                    ("version", models.PositiveIntegerField(db_default=1, default=1)),
                    (
                        "account",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="deals",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "product",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="accounts.product",
                            verbose_name="product",
                        ),
                    ),
                ],
                options={
                    "ordering": ["-opened_on", "-id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("stage__in", ["open", "won", "lost"])), name="deal_stage"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("collected__gte", 0)), name="deal_collected_not_negative"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("ref", ""), _negated=True),
                            fields=("source", "ref"),
                            name="deal_reference_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Promise",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("text", models.TextField(verbose_name="what was promised")),
                    (
                        "source",
                        models.CharField(
                            choices=[("contract", "Contract"), ("meeting", "Meeting or call"), ("mail", "Mail")],
                            default="meeting",
                            max_length=10,
                            verbose_name="where",
                        ),
                    ),
                    ("due_on", models.DateField(verbose_name="due")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("open", "Open"),
                                ("kept", "Kept"),
                                ("broken", "Broken"),
                                ("renegotiated", "Renegotiated"),
                                ("released", "Released"),
                            ],
                            default="open",
                            max_length=14,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "agreed_on",
                        models.DateField(
                            blank=True,
                            help_text="For a renegotiated or released promise.",
                            null=True,
                            verbose_name="agreed by the customer on",
                        ),
                    ),
                    ("proof", models.TextField(blank=True, verbose_name="proof")),
                    ("settled_at", models.DateTimeField(blank=True, null=True)),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="promises",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="promises",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="owner",
                        ),
                    ),
                ],
                options={
                    "ordering": ["due_on", "id"],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "open")),
                            fields=["owner", "due_on"],
                            name="promise_open_by_owner",
                        ),
                        models.Index(fields=["account", "due_on"], name="promise_by_account"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["open", "kept", "broken", "renegotiated", "released"])),
                            name="promise_state",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state__in", ["renegotiated", "released"]), _negated=True),
                                ("agreed_on__isnull", False),
                                _connector="OR",
                            ),
                            name="promise_release_needs_their_agreement",
                            violation_error_message="Say on which day the customer agreed; without that the promise is broken.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ReferenceUse",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "occasion",
                        models.CharField(
                            choices=[("reference", "Reference"), ("speaker", "Speaker")],
                            default="reference",
                            max_length=9,
                            verbose_name="as",
                        ),
                    ),
                    ("what_for", models.CharField(max_length=300, verbose_name="for whom or what")),
                    ("on", models.DateField(default=django.utils.timezone.localdate, verbose_name="on")),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="reference_uses",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "contact",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="reference_uses",
                            to="accounts.contact",
                            verbose_name="who spoke",
                        ),
                    ),
                    (
                        "logged_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "uses as a reference",
                    "indexes": [models.Index(fields=["account", "-on"], name="reference_use_by_account")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("occasion__in", ["reference", "speaker"])),
                            name="reference_use_occasion",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("what_for__regex", "^\\s*$"), _negated=True),
                            name="reference_use_says_what_for",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RivalOutcome",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "outcome",
                        models.CharField(
                            choices=[("won_from", "Won from"), ("lost_to", "Lost to")],
                            max_length=8,
                            verbose_name="outcome",
                        ),
                    ),
                    ("rival", models.CharField(max_length=200, verbose_name="rival")),
                    ("on", models.DateField(default=django.utils.timezone.localdate, verbose_name="on")),
                    ("reason", models.TextField(verbose_name="reason")),
                    (
                        "rival_key",
                        models.GeneratedField(
                            db_persist=True,
                            expression=django.db.models.functions.text.Lower(
                                django.db.models.functions.text.Trim("rival")
                            ),
                            output_field=models.TextField(),
                        ),
                    ),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="rival_outcomes",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "noted_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "wins and losses against rivals",
                    "indexes": [
                        models.Index(fields=["account", "-on"], name="rival_outcome_by_account"),
                        models.Index(fields=["rival_key", "outcome"], name="rival_outcome_by_rival"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("outcome__in", ["won_from", "lost_to"])), name="rival_outcome_known"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("rival__regex", "^\\s*$"), _negated=True),
                            name="rival_outcome_names_a_rival",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("reason__regex", "^\\s*$"), _negated=True),
                            name="rival_outcome_has_a_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="StrategicEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("rank", models.PositiveIntegerField(verbose_name="rank")),
                    ("reason", models.TextField(verbose_name="why it is strategic")),
                    ("review_by", models.DateField(verbose_name="review by")),
                    ("added_at", models.DateTimeField(auto_now_add=True)),
                    (
                        "account",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="strategic_entry",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "sponsor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="sponsor",
                        ),
                    ),
                ],
                options={
                    "ordering": ["rank"],
                    "constraints": [
                        models.UniqueConstraint(
                            deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                            fields=("rank",),
                            name="strategic_rank_is_unique",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Tag",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=40, verbose_name="name")),
                    (
                        "folded",
                        models.GeneratedField(
                            db_persist=True,
                            expression=pmcrm.lists.text.Normalise("name"),
                            output_field=models.TextField(),
                        ),
                    ),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                ],
                options={
                    "ordering": ["folded", "id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("folded",), name="tag_named_once"),
                        models.CheckConstraint(
                            condition=models.Q(("name__regex", "^\\s*$|[,;]"), _negated=True),
                            name="tag_has_a_plain_name",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="AccountTag",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.account"
                        ),
                    ),
                    (
                        "tag",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="taggings",
                            to="accounts.tag",
                        ),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("tag", "account"), name="account_tag_once")],
                },
            ),
            migrations.CreateModel(
                name="TierOverride",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "tier",
                        models.CharField(
                            choices=[("A", "Tier A"), ("B", "Tier B"), ("C", "Tier C")],
                            max_length=1,
                            verbose_name="tier",
                        ),
                    ),
                    ("reason", models.TextField(verbose_name="reason")),
                    ("expires_on", models.DateField(verbose_name="holds until")),
                    (
                        "computed_tier",
                        models.CharField(
                            blank=True,
                            choices=[("A", "Tier A"), ("B", "Tier B"), ("C", "Tier C"), ("", "Tier unknown")],
                            max_length=1,
                            verbose_name="computed then",
                        ),
                    ),
                    ("computed_score", models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True)),
                    ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="tier_overrides",
                            to="accounts.account",
                            verbose_name="account",
                        ),
                    ),
                    (
                        "set_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="set by",
                        ),
                    ),
                ],
                options={
                    "ordering": ["-set_at", "-id"],
                    "indexes": [models.Index(fields=["account", "-set_at"], name="tier_override_newest")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("tier__in", ["A", "B", "C"])), name="tier_override_tier"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("reason__regex", "^\\s*$"), _negated=True),
                            name="tier_override_has_a_reason",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("ended_at", None)),
                            fields=("account",),
                            name="tier_override_one_at_a_time",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ValueAssessment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "dimension",
                        models.CharField(
                            choices=[
                                ("potential", "Revenue possible"),
                                ("brand", "Brand"),
                                ("market", "Foothold in a new market"),
                                ("geo", "Foothold in a new country"),
                            ],
                            max_length=10,
                            verbose_name="dimension",
                        ),
                    ),
                    (
                        "score",
                        models.PositiveSmallIntegerField(
                            validators=[django.core.validators.MaxValueValidator(100)], verbose_name="score, 0 to 100"
                        ),
                    ),
                    ("evidence", models.TextField(blank=True, verbose_name="evidence")),
                    ("assessed_at", models.DateTimeField(default=django.utils.timezone.now)),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="value_assessments",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "assessed_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["-assessed_at", "-id"],
                    "indexes": [models.Index(fields=["account", "dimension", "-assessed_at"], name="value_newest")],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("score__lte", 100)), name="value_score_range"),
                        models.CheckConstraint(
                            condition=models.Q(("dimension__in", ["potential", "brand", "market", "geo"])),
                            name="value_dimension",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="AccountFigures",
                fields=[
                    (
                        "account",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="figures",
                            serialize=False,
                            to="accounts.account",
                        ),
                    ),
                    (
                        "revenue_12m",
                        models.DecimalField(decimal_places=6, max_digits=20, null=True, verbose_name="revenue"),
                    ),
                    (
                        "contribution_12m",
                        models.DecimalField(decimal_places=6, max_digits=20, null=True, verbose_name="contribution"),
                    ),
                    ("contribution_rank", models.PositiveIntegerField(null=True, verbose_name="rank by contribution")),
                    (
                        "trend",
                        models.SmallIntegerField(
                            help_text="-1 falling, 0 flat, 1 rising", null=True, verbose_name="trend"
                        ),
                    ),
                    ("run_id", models.BigIntegerField(null=True)),
                    ("value_class", models.PositiveSmallIntegerField(null=True, verbose_name="class")),
                    ("last_contact_at", models.DateTimeField(null=True, verbose_name="last contact")),
                    ("last_two_way_at", models.DateTimeField(null=True, verbose_name="last two-way contact")),
                    ("next_step_on", models.DateField(null=True, verbose_name="next step")),
                    (
                        "contact_load",
                        models.DecimalField(decimal_places=4, max_digits=8, null=True, verbose_name="contact load"),
                    ),
                    ("figures_at", models.DateTimeField(null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            models.OrderBy(models.F("revenue_12m"), descending=True, nulls_last=True),
                            models.OrderBy(models.F("account"), descending=True),
                            name="figures_revenue_falls",
                        ),
                        models.Index(
                            models.OrderBy(models.F("revenue_12m"), nulls_last=True),
                            models.F("account"),
                            name="figures_revenue_rises",
                        ),
                        models.Index(
                            models.OrderBy(models.F("contribution_12m"), descending=True, nulls_last=True),
                            models.OrderBy(models.F("account"), descending=True),
                            name="figures_contrib_falls",
                        ),
                        models.Index(
                            models.OrderBy(models.F("contribution_12m"), nulls_last=True),
                            models.F("account"),
                            name="figures_contrib_rises",
                        ),
                        models.Index(
                            models.OrderBy(models.F("last_contact_at"), descending=True, nulls_last=True),
                            models.OrderBy(models.F("account"), descending=True),
                            name="figures_contact_falls",
                        ),
                        models.Index(
                            models.OrderBy(models.F("last_contact_at"), nulls_last=True),
                            models.F("account"),
                            name="figures_contact_rises",
                        ),
                        models.Index(
                            models.OrderBy(models.F("next_step_on"), descending=True, nulls_last=True),
                            models.OrderBy(models.F("account"), descending=True),
                            name="figures_step_falls",
                        ),
                        models.Index(
                            models.OrderBy(models.F("next_step_on"), nulls_last=True),
                            models.F("account"),
                            name="figures_step_rises",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("trend__in", [-1, 0, 1]), ("trend", None), _connector="OR"),
                            name="trend_sign",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="AccountKeys",
                fields=[
                    (
                        "keys",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.BigIntegerField(), default=list, size=None
                        ),
                    ),
                    ("rules", models.PositiveSmallIntegerField()),
                    ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                    (
                        "account",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="+",
                            serialize=False,
                            to="accounts.account",
                        ),
                    ),
                ],
                options={
                    "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["keys"], name="account_keys")],
                },
            ),
            migrations.CreateModel(
                name="AccountMerge",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("merged_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="merged")),
                    ("details", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="undone")),
                    (
                        "loser",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "merged_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "undone_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "winner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.account"
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "merges",
                    "abstract": False,
                    "indexes": [models.Index(fields=["-merged_at", "-id"], name="accountmerge_newest")],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("undone_at", None)), fields=("loser",), name="accountmerge_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="AccountPair",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("score", models.DecimalField(decimal_places=5, max_digits=6, verbose_name="certainty")),
                    ("parts", models.JSONField(default=list)),
                    (
                        "state",
                        models.CharField(
                            choices=[("open", "To decide"), ("dismissed", "Not the same")],
                            default="open",
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    ("found_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="found")),
                    ("seen_in", models.BigIntegerField(null=True)),
                    ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                    (
                        "left",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "right",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="accounts.account",
                        ),
                    ),
                    (
                        "settled_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                    "indexes": [
                        models.Index(fields=["state", "-score", "-id"], name="accountpair_surest"),
                        models.Index(fields=["right"], name="accountpair_right"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("left", "right"), name="accountpair_once"),
                        models.CheckConstraint(
                            condition=models.Q(("left__lt", models.F("right"))), name="accountpair_in_order"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["open", "dismissed"])), name="accountpair_state"
                        ),
                    ],
                },
            ),
            migrations.AddField(
                model_name="account",
                name="team",
                field=models.ManyToManyField(
                    blank=True,
                    related_name="accounts_assigned",
                    through="accounts.AccountTeam",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="assigned colleagues",
                ),
            ),
            migrations.AddField(
                model_name="account",
                name="tags",
                field=models.ManyToManyField(
                    blank=True,
                    related_name="accounts",
                    through="accounts.AccountTag",
                    to="accounts.tag",
                    verbose_name="tags",
                ),
            ),
        ),
    ]
