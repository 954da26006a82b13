"""Deals: what is being sold and what was won or lost, from a sales system's list of opportunities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy, gettext_noop

from accounts.imports import products, records
from accounts.imports.finding import ROW_KEY, find_accounts, forget_accounts, make_accounts, state_of_accounts
from accounts.imports.records import Records, said
from accounts.imports.targets import ACCOUNT, CURRENCY
from accounts.imports.words import BAD_CURRENCY, join_words, know_words
from accounts.models import Deal, Product
from pmcrm.exchange.registry import Batch, Kind, Target
from pmcrm.people.models import Organisation

LABEL: Final = "accounts.deal"
AMOUNT = gettext_noop("An amount is 0 or more.")
CLOSED_BEFORE = gettext_noop("This is before the deal was opened, on {opened}.")
SEVERAL_PRODUCTS = gettext_noop("Several products have this name: {names}. Write one of them exactly.")
READ_AS = gettext_noop("Products written in another way: “{written}” is read as {product}.")
NEW_PRODUCTS = gettext_noop("Products not here yet, to be created without a price: {names}.")
OPEN_STEPS = gettext_noop("Steps that say neither won nor lost count as open: {steps}.")
_WON: Final = (
    "won",
    "closed won",
    "closed-won",
    "win",
    "gewonnen",
    "выиграна",
    "выиграно",
    "赢单",
    "成交",
    "gagné",
    "ganado",
)
_LOST: Final = (
    "lost", "closed lost", "closed-lost", "loss", "verloren", "проиграна", "проиграно", "输单",
    "丢单", "perdu", "perdido",
)  # fmt: skip
_MOST_NAMED: Final = 10
_NEW: Final = "-1"
"""Stands for an account or a product that comes into being when the rows are written."""


def _check(batch: Batch) -> int:
    words = [("stage", word, "won") for word in _WON] + [("stage", word, "lost") for word in _LOST]
    know_words(batch, words)
    find_accounts(batch, is_needed=False)
    _find_products(batch)
    batch.table(
        "named",
        f'SELECT s."row", s.fingerprint, d.id AS object_id, {ROW_KEY} AS customer_key, c.first_row AS customer,'
        " coalesce('#' || d.id, 'r' || s.deal_ref) AS identity FROM {staging} s"
        " LEFT JOIN accounts_deal d ON d.source = %(source)s AND d.ref = s.deal_ref"
        f" LEFT JOIN {{staging}}_customers c ON c.key = {ROW_KEY}",
    )
    _refuse_cells(batch)
    repeated = records.refuse_doubled(batch, "accounts_deal", column=batch.header("deal_ref"))
    return repeated + records.compare(batch, _records(batch))


def _refuse_cells(batch: Batch) -> None:
    batch.refuse(
        'SELECT s."row", %(column)s, trim_scale({amount})::text, %(reason)s, jsonb_build_object() FROM {staging} s'
        " WHERE {amount} < 0",
        column=batch.header("amount"),
        reason=AMOUNT,
    )
    batch.refuse(
        'SELECT s."row", %(column)s, {currency}, %(reason)s, jsonb_build_object() FROM {staging} s'
        " WHERE {currency} !~ '^[A-Z]{{3}}$'",
        column=batch.header("currency"),
        reason=BAD_CURRENCY,
    )
    batch.refuse(
        'SELECT s."row", %(column)s, ({closed_on})::text, %(reason)s,'
        " jsonb_build_object('opened', ({opened_on})::text) FROM {staging} s WHERE {closed_on} < {opened_on}",
        column=batch.header("closed_on"),
        reason=CLOSED_BEFORE,
    )
    steps = batch.rows(
        f"SELECT DISTINCT {said('stage')} FROM {{staging}} s {join_words('stage')}"
        f" WHERE {said('stage')} IS NOT NULL AND stage_word.value IS NULL ORDER BY 1 LIMIT {_MOST_NAMED}"
    )
    if steps and OPEN_STEPS not in {note["template"] for note in batch.notes}:
        batch.note(OPEN_STEPS, steps=", ".join(step for (step,) in steps))


def _find_products(batch: Batch) -> None:
    """Make {staging}_products: each product of the file with the one it is, by reference, by name, or by a name that
    differs only in spaces and signs."""
    bare = "regexp_replace(pmcrm_fold({}), '[^[:alnum:]]+', '', 'g')"
    batch.table(
        "products",
        "SELECT w.word, coalesce("
        " (SELECT p.id FROM accounts_product p WHERE p.source = %(source)s AND p.ref = w.word),"
        " (SELECT min(p.id) FROM accounts_product p WHERE pmcrm_normalise(p.name) = pmcrm_normalise(w.word)"
        "  HAVING count(*) = 1), near.id) AS id, near.names, near.count"
        f" FROM (SELECT DISTINCT {said('product')} AS word FROM {{staging}} s) AS w CROSS JOIN LATERAL ("
        "  SELECT CASE WHEN count(*) = 1 THEN min(p.id) END AS id, count(*), string_agg(p.name, ', ') AS names"
        f"  FROM accounts_product p WHERE {bare.format('p.name')} = {bare.format('w.word')}) AS near"
        " WHERE w.word IS NOT NULL",
    )
    batch.refuse(
        f"SELECT s.\"row\", %(column)s, p.word, %(reason)s, jsonb_build_object('names', left(p.names, 200))"
        f" FROM {{staging}} s JOIN {{staging}}_products p ON p.word = {said('product')}"
        " WHERE p.id IS NULL AND p.count > 1",
        column=batch.header("product"),
        reason=SEVERAL_PRODUCTS,
    )
    if {READ_AS, NEW_PRODUCTS} & {note["template"] for note in batch.notes}:
        return
    for written, product in batch.rows(
        "SELECT w.word, p.name FROM {staging}_products w JOIN accounts_product p ON p.id = w.id"
        " WHERE pmcrm_normalise(p.name) <> pmcrm_normalise(w.word) AND (p.source, p.ref) <> (%(source)s, w.word)"
        f" ORDER BY 1 LIMIT {_MOST_NAMED}"
    ):
        batch.note(READ_AS, written=written, product=product)
    new = batch.rows(
        f"SELECT word FROM {{staging}}_products WHERE id IS NULL AND count = 0 ORDER BY 1 LIMIT {_MOST_NAMED}"
    )
    if new:
        batch.note(NEW_PRODUCTS, names=", ".join(word for (word,) in new))


def _records(batch: Batch) -> Records:
    mapped = batch.mapped
    stage = f"CASE WHEN {said('stage')} IS NOT NULL THEN coalesce(stage_word.value, 'open') END"
    values = {
        column: said(target)
        for target, column in {"deal_name": "name", "stage": "step", "agent": "agent", "currency": "currency"}.items()
        if target in mapped
    }
    values |= {name: f"{{{name}}}" for name in ("amount", "opened_on", "closed_on") if name in mapped}
    if "stage" in mapped:
        values["stage"] = stage
        # What was won is signed, on the day it was closed.
        values["signed_on"] = f"CASE WHEN {stage} = 'won' THEN {{closed_on}} END"
    if "product" in mapped:
        values["product_id"] = f"CASE WHEN product_found.word IS NOT NULL THEN coalesce(product_found.id, {_NEW}) END"
    if mapped & {"account_ref", "account_name"}:
        values["account_id"] = f"CASE WHEN c.key IS NOT NULL THEN coalesce(c.account_id, {_NEW}) END"
    defaults = {
        "account_id": "NULL::bigint",
        "product_id": "NULL::bigint",
        "name": f"{said('product')}, s.deal_ref",
        "source": "%(source)s",
        "ref": "s.deal_ref",
        "stage": "'open'",
        "step": "''",
        "amount": "NULL::numeric",
        "currency": "%(currency)s",
        "opened_on": "NULL::date",
        "closed_on": "NULL::date",
        "signed_on": "NULL::date",
        "agent": "''",
    }
    joins = join_words("stage") + f" LEFT JOIN {{staging}}_customers c ON c.key = {ROW_KEY}"
    joins += f" LEFT JOIN {{staging}}_products product_found ON product_found.word = {said('product')}"
    params = {"currency": Organisation.current().currency}
    return Records(LABEL, "accounts_deal", values, defaults, joins, params=params)


def _write(batch: Batch) -> int:
    won = (
        "(SELECT CASE WHEN bool_or(n.stage = 'won') THEN 'customer' ELSE 'prospect' END FROM {staging}_good g"
        ' JOIN {staging}_new n USING ("row") WHERE g.customer = c.first_row)'
    )
    make_accounts(batch, state=won)
    batch.create(
        products.LABEL,
        "INSERT INTO accounts_product (name, source, ref, category, currency, version)"
        " SELECT p.word, '', '', '', '', 1 FROM {staging}_products p WHERE p.id IS NULL AND EXISTS"
        f' (SELECT FROM {{staging}}_new n JOIN {{staging}} s USING ("row") WHERE {said("product")} = p.word)'
        " ON CONFLICT DO NOTHING RETURNING id",
    )
    batch.execute(
        f"UPDATE {{staging}}_new n SET product_id = p.id FROM {{staging}} s, accounts_product p"
        f' WHERE n.product_id = {_NEW} AND s."row" = n."row" AND p.name = {said("product")}'
    )
    batch.execute(
        f"UPDATE {{staging}}_new n SET account_id = c.account_id FROM {{staging}} s, {{staging}}_customers c"
        f' WHERE n.account_id = {_NEW} AND s."row" = n."row" AND c.key = {ROW_KEY}'
    )
    return records.write(batch, _records(batch))


def _take_back(batch: Batch, created: Mapping[str, list[int]]) -> list[str]:
    stayed = records.put_back(batch, _records(batch))
    stayed += records.forget(batch, _records(batch), created)
    return [*stayed, *products.forget_products(batch, created), *forget_accounts(created.get("accounts.account", []))]


def _state_of_base(batch: Batch) -> str:
    return f"{records.state_of(batch, Product, Deal)}/{Organisation.current().currency}/{state_of_accounts(batch)}"


DEALS: Final = Kind(
    name="deals",
    label=gettext_lazy("Deals"),
    right="import.deals",
    read_right="deal.read",
    targets=(
        Target("deal_ref", gettext_lazy("Deal reference"), max_length=100, is_mark=True,
            synonyms=(
                "Opportunity ID", "Deal ID", "Opportunity No", "Deal No", "Record ID", "ID", "Номер сделки",
                "ID сделки", "商机编号", "Chancennummer",
            ),
        ),
        *ACCOUNT,
        Target("deal_name", gettext_lazy("Name of the deal"),
            synonyms=("Opportunity name", "Deal name", "Opportunity", "Deal", "Title", "Сделка", "商机名称"),
        ),
        Target("product", gettext_lazy("Product"),
            synonyms=("Product name", "Product ID", "Item", "Produkt", "Товар", "Продукт", "产品"),
        ),
        Target("stage", gettext_lazy("Stage"), max_length=60,
            synonyms=(
                "Deal stage", "Opportunity stage", "Sales stage", "Status", "Phase", "Этап", "Стадия", "阶段", "Étape",
            ),
        ),
        Target("amount", gettext_lazy("Amount"), type="number",
            synonyms=(
                "Close value", "Estimated value", "Value", "Deal value", "Opportunity amount", "Betrag", "Wert",
                "Сумма", "金额", "Montant", "Importe",
            ),
        ),
        CURRENCY,
        Target("opened_on", gettext_lazy("Opened on"), type="date",
            synonyms=("Engage date", "Created date", "Created", "Create date", "Open date", "Start date"),
        ),
        Target("closed_on", gettext_lazy("Closed on, or to be closed"), type="date",
            synonyms=("Close date", "Closed date", "Expected close", "Closing date", "Abschlussdatum", "Дата закрытия"),
        ),
        Target("agent", gettext_lazy("Sold by"),
            synonyms=("Sales agent", "Sales rep", "Salesperson", "Deal owner", "Owner", "Verkäufer", "Менеджер"),
        ),
    ),
    needs_one_of=(("deal_ref",),),
    needed_cells=lambda _mapped: frozenset({"deal_ref"}),
    check=_check,
    write=_write,
    take_back=_take_back,
    summary=records.sum_up,
    state_of_base=_state_of_base,
)  # fmt: skip
