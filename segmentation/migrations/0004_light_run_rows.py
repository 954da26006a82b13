"""Rows of a run are written by the hundred thousand: fewer indexes, and one trigger instead of a check per row."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE FUNCTION refuse_account_with_run_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM segmentation_accountprofit WHERE account_id = OLD.id) THEN
        RAISE foreign_key_violation USING MESSAGE = 'account ' || OLD.id || ' has rows in profit runs';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER refuse_account_with_run_rows BEFORE DELETE ON accounts_account
    FOR EACH ROW EXECUTE FUNCTION refuse_account_with_run_rows();
"""
UNGUARD = """
DROP TRIGGER refuse_account_with_run_rows ON accounts_account;
DROP FUNCTION refuse_account_with_run_rows();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("segmentation", "0003_exit_plans"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="accountprofit",
            name="account_profit_once",
        ),
        migrations.RemoveIndex(
            model_name="accountprofit",
            name="account_profit_history",
        ),
        migrations.AlterField(
            model_name="accountpoolshare",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.AlterField(
            model_name="accountpoolshare",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pool_shares",
                to="segmentation.profitrun",
            ),
        ),
        migrations.AlterField(
            model_name="accountprofit",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="profits",
                to="accounts.account",
            ),
        ),
        migrations.AlterField(
            model_name="accountprofit",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="segmentation.profitrun",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountprofit",
            constraint=models.UniqueConstraint(fields=("account", "run"), name="account_profit_once"),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
