"""Products: what we sell, with the list price that values a deal without an amount."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy, gettext_noop

from accounts.imports import records
from accounts.imports.records import Records, said
from accounts.imports.targets import CURRENCY
from accounts.imports.words import BAD_CURRENCY
from accounts.models import Product
from pmcrm.exchange.registry import Batch, Kind, Target

LABEL: Final = "accounts.product"
NAMELESS = gettext_noop("A new product needs its name.")
OTHER_REF = gettext_noop("The product of this name has the reference {ref}. Two products cannot share a name.")
PRICE = gettext_noop("A price is 0 or more.")
STILL_SOLD = gettext_noop("Products of this import that stay, because deals name them: {count}.")


def _check(batch: Batch) -> int:
    batch.table(
        "named",
        'SELECT f."row", f.fingerprint, f.ref, f.name, f.object_id, NULL::integer AS customer,'
        " coalesce('#' || f.object_id, 'r' || f.ref, 'n' || pmcrm_normalise(f.name)) AS identity FROM ("
        f'  SELECT s."row", s.fingerprint, {said("product_ref")} AS ref, {said("product_name")} AS name, coalesce('
        f"   (SELECT p.id FROM accounts_product p WHERE p.source = %(source)s AND p.ref = {said('product_ref')}),"
        "   (SELECT min(p.id) FROM accounts_product p WHERE pmcrm_normalise(p.name) = pmcrm_normalise({product_name})"
        "    HAVING count(*) = 1)) AS object_id FROM {staging} s) AS f",
    )
    batch.refuse(
        "SELECT n.\"row\", %(column)s, '', %(reason)s, jsonb_build_object() FROM {staging}_named n"
        " WHERE n.object_id IS NULL AND n.name IS NULL",
        column=batch.header("product_name"),
        reason=NAMELESS,
    )
    batch.refuse(
        "SELECT n.\"row\", %(column)s, n.ref, %(reason)s, jsonb_build_object('ref', p.ref) FROM {staging}_named n"
        " JOIN accounts_product p ON p.id = n.object_id AND p.source = %(source)s"
        " WHERE n.ref IS NOT NULL AND p.ref NOT IN ('', n.ref)",
        column=batch.header("product_ref"),
        reason=OTHER_REF,
    )
    batch.refuse(
        'SELECT s."row", %(column)s, trim_scale({list_price})::text, %(reason)s, jsonb_build_object()'
        " FROM {staging} s WHERE {list_price} < 0",
        column=batch.header("list_price"),
        reason=PRICE,
    )
    batch.refuse(
        'SELECT s."row", %(column)s, {currency}, %(reason)s, jsonb_build_object() FROM {staging} s'
        " WHERE {currency} !~ '^[A-Z]{{3}}$'",
        column=batch.header("currency"),
        reason=BAD_CURRENCY,
    )
    repeated = records.refuse_doubled(
        batch, "accounts_product", column=batch.header("product_ref") or batch.header("product_name")
    )
    return repeated + records.compare(batch, _records(batch))


def _records(batch: Batch) -> Records:
    columns = {"product_name": "name", "category": "category", "list_price": "list_price", "currency": "currency"}
    values = {column: said(target) for target, column in columns.items() if target in batch.mapped}
    if "list_price" in values:
        values["list_price"] = "{list_price}"
    if "product_ref" in batch.mapped:
        values |= {
            "ref": said("product_ref"),
            "source": f"CASE WHEN {said('product_ref')} IS NOT NULL THEN %(source)s END",
        }
    defaults = dict.fromkeys(("source", "ref", "category", "currency"), "''")
    defaults |= {"name": said("product_name"), "list_price": "NULL::numeric"}
    return Records(LABEL, "accounts_product", values, defaults)


def _write(batch: Batch) -> int:
    return records.write(batch, _records(batch))


def forget_products(batch: Batch, created: Mapping[str, list[int]]) -> list[str]:
    """Remove products that an import made, except those that were edited or are sold by now."""
    made = created.get(LABEL, [])
    gone = batch.execute(
        "DELETE FROM accounts_product p WHERE p.id = ANY(%(made)s) AND p.version = 1"
        " AND NOT EXISTS (SELECT FROM accounts_deal d WHERE d.product_id = p.id)",
        made=made,
    )
    return [STILL_SOLD.format(count=len(made) - gone)] if gone < len(made) else []


def _take_back(batch: Batch, created: Mapping[str, list[int]]) -> list[str]:
    return [*records.put_back(batch, _records(batch)), *forget_products(batch, created)]


def _state_of_base(batch: Batch) -> str:
    return f"products {records.state_of(batch, Product)}"


PRODUCTS: Final = Kind(
    name="products",
    label=gettext_lazy("Products"),
    right="import.deals",
    read_right="product.read",
    targets=(
        Target("product_ref", gettext_lazy("Product reference"), max_length=100, is_name=True,
            synonyms=(
                "Product ID", "Product code", "Item No", "Item number", "SKU", "Article number", "Artikelnummer",
                "Артикул", "产品编号", "Référence",
            ),
        ),
        Target("product_name", gettext_lazy("Product name"), is_name=True,
            synonyms=("Product", "Item name", "Item", "Name", "Produkt", "Produktname", "Товар", "产品", "产品名称"),
        ),
        Target("category", gettext_lazy("Category"), max_length=100,
            synonyms=("Series", "Product category", "Product line", "Category ID", "Kategorie", "Категория", "类别"),
        ),
        Target("list_price", gettext_lazy("List price"), type="number",
            synonyms=("Price", "Sales price", "Unit price", "Listenpreis", "Preis", "Цена", "单价", "Prix", "Precio"),
        ),
        CURRENCY,
    ),
    needs_one_of=(("product_name", "product_ref"),),
    check=_check,
    write=_write,
    take_back=_take_back,
    summary=records.sum_up,
    state_of_base=_state_of_base,
)  # fmt: skip
