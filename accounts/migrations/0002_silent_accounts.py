"""When each account turns silent: kept by the database, so that lists of the silent are a range of an index."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# All accounts that are there, by the rule as the triggers below keep it.
FILL = """
    UPDATE accounts_accountfigures AS figures
    SET silent_from = CASE WHEN account.state IN ('customer', 'exiting', 'in_sales_cycle')
        THEN coalesce(figures.last_two_way_at, account.created_at) + interval '24 hours' * CASE
            WHEN account.kind = 'internal' THEN 30
            WHEN account.state = 'exiting' THEN 7
            WHEN account.state = 'in_sales_cycle' THEN 14
            WHEN account.tier = 'A' THEN 30
            WHEN account.tier = 'B' THEN 60
            ELSE 120 END
        END
    FROM accounts_account AS account WHERE account.id = figures.account_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="account",
            name="account_has_figures",
        ),
        migrations.AddField(
            model_name="accountfigures",
            name="silent_from",
            field=models.DateTimeField(editable=False, null=True, verbose_name="silent from"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="accountfigures",
            index=models.Index(fields=["silent_from", "account"], name="figures_silent_from"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="account_has_figures",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    INSERT INTO accounts_accountfigures (account_id, silent_from)\n                    SELECT id, CASE WHEN new_accounts.state IN ('customer', 'exiting', 'in_sales_cycle') THEN coalesce(NULL, new_accounts.created_at) + CASE WHEN new_accounts.kind = 'internal' THEN 30 WHEN new_accounts.state = 'exiting' THEN 7 WHEN new_accounts.state = 'in_sales_cycle' THEN 14 WHEN new_accounts.tier = 'A' THEN 30 WHEN new_accounts.tier = 'B' THEN 60 WHEN new_accounts.tier = 'C' THEN 120 ELSE 120 END * interval '24 hours' END FROM new_accounts\n                    ON CONFLICT (account_id) DO NOTHING;\n                    RETURN NULL;\n                ",
                    hash="339376c5db8879f2e569119d3c39c61a6b49478e",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_account_has_figures_dd993",
                    referencing="REFERENCING NEW TABLE AS new_accounts ",
                    table="accounts_account",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="account_is_waited_for",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    UPDATE accounts_accountfigures AS figures\n                    SET silent_from = CASE WHEN changed.state IN ('customer', 'exiting', 'in_sales_cycle') THEN coalesce(figures.last_two_way_at, changed.created_at) + CASE WHEN changed.kind = 'internal' THEN 30 WHEN changed.state = 'exiting' THEN 7 WHEN changed.state = 'in_sales_cycle' THEN 14 WHEN changed.tier = 'A' THEN 30 WHEN changed.tier = 'B' THEN 60 WHEN changed.tier = 'C' THEN 120 ELSE 120 END * interval '24 hours' END\n                    FROM new_accounts AS changed JOIN old_accounts AS before ON before.id = changed.id\n                    WHERE figures.account_id = changed.id\n                        AND (changed.kind, changed.state, changed.tier, changed.created_at)\n                            IS DISTINCT FROM (before.kind, before.state, before.tier, before.created_at);\n                    RETURN NULL;\n                ",
                    hash="c94b612c0633cbe2f4807dde695324b646bff739",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_account_is_waited_for_3a7ec",
                    referencing="REFERENCING OLD TABLE AS old_accounts  NEW TABLE AS new_accounts ",
                    table="accounts_account",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="accountfigures",
            trigger=pgtrigger.compiler.Trigger(
                name="figures_heard",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."last_two_way_at" IS DISTINCT FROM (NEW."last_two_way_at"))',
                    func="\n                    SELECT CASE WHEN account.state IN ('customer', 'exiting', 'in_sales_cycle') THEN coalesce(NEW.last_two_way_at, account.created_at) + CASE WHEN account.kind = 'internal' THEN 30 WHEN account.state = 'exiting' THEN 7 WHEN account.state = 'in_sales_cycle' THEN 14 WHEN account.tier = 'A' THEN 30 WHEN account.tier = 'B' THEN 60 WHEN account.tier = 'C' THEN 120 ELSE 120 END * interval '24 hours' END INTO NEW.silent_from\n                    FROM accounts_account AS account WHERE account.id = NEW.account_id;\n                    RETURN NEW;\n                ",
                    hash="5dadd626b2dc6f59b93d3bb6b6d1b072c8aed6d2",
                    operation='UPDATE OF "last_two_way_at"',
                    pgid="pgtrigger_figures_heard_e1243",
                    table="accounts_accountfigures",
                    when="BEFORE",
                ),
            ),
        ),
    ]
