"""Ledger lines: revenue and direct cost of an account on a day, and perhaps the hours of a pool."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.imports.finding import ROW_KEY, find_accounts, make_accounts, new_account_count
from accounts.imports.targets import ACCOUNT
from pmcrm.errors import RuleViolation
from pmcrm.exchange.registry import After, Batch, Exclusive, Kind, Target
from pmcrm.people.models import Organisation
from segmentation import window
from segmentation.imports.rows import (
    INSERT_HOURS,
    OF_SLICE,
    check_hours,
    check_references,
    forget_created,
    is_sourced,
    leave_out_known,
    note_rounded_hours,
    state_of_base,
    take_good,
    write_in_slices,
)
from segmentation.imports.targets import DATE, HOURS_TARGET, LINE_REF, POOL
from segmentation.services.runs import today

NO_AMOUNT = gettext_noop("The row holds no amount.")
BAD_CURRENCY = gettext_noop("A currency has three letters, for example EUR.")
BAD_MARGIN = gettext_noop("A margin is at most 100 percent of its revenue. Write 14.35 for 14.35 %.")
SMALL_MARGINS = gettext_noop("The largest margin of the file is {largest} percent. Are these fractions of one instead?")
COMPUTED_TOO_LARGE = gettext_noop("Price times quantity is larger than 14 digits before the decimal sign.")
REF_CHANGED = gettext_noop(
    "This line reference came in before with other values: {date}, revenue {revenue}, cost {cost}, account {account}."
)


COMPUTED: Final = "round_half_even({unit_price} * {quantity} * (1 - coalesce({discount}, 0)), 6)"
"""Revenue where the file gives its parts; exact up to the sixth place. No discount is a discount of nothing."""


def _revenue(batch: Batch) -> str:
    return COMPUTED if "unit_price" in batch.mapped else "coalesce({revenue}, 0)"


def _cost(batch: Batch) -> str:
    """Cost is revenue less profit, where the file gives that or its part of the revenue."""
    if "margin_percent" in batch.mapped:
        return f"{_revenue(batch)} - round_half_even({_revenue(batch)} * {{margin_percent}} / 100, 6)"
    return f"{_revenue(batch)} - {{profit}}" if "profit" in batch.mapped else "coalesce({cost}, 0)"


_HAS_AMOUNT: Final = "({revenue} IS NOT NULL OR {unit_price} IS NOT NULL OR {cost} IS NOT NULL OR {profit} IS NOT NULL)"


def _needed_ledger_cells(mapped: frozenset[str]) -> frozenset[str]:
    """A line needs its day, both factors of a computed revenue, and with a profit or a margin its revenue."""
    of_profit = (
        {"revenue", *(mapped & {"profit", "margin_percent"})} if mapped & {"profit", "margin_percent"} else set()
    )
    return frozenset({"date", "unit_price", "quantity"} | of_profit)


def _check_ledger(batch: Batch) -> int:
    find_accounts(batch)
    batch.refuse(
        "SELECT s.\"row\", %(column)s, '', %(reason)s, jsonb_build_object() FROM {staging} s"
        f" WHERE NOT {_HAS_AMOUNT} AND {{hours}} IS NULL",
        column=batch.header("revenue"),
        reason=NO_AMOUNT,
    )
    batch.refuse(
        'SELECT s."row", %(column)s, {currency}, %(reason)s, jsonb_build_object() FROM {staging} s'
        " WHERE {currency} !~ '^[A-Z]{{3}}$'",
        column=batch.header("currency"),
        reason=BAD_CURRENCY,
    )
    if "unit_price" in batch.mapped:
        batch.refuse(
            f'SELECT s."row", %(column)s, ({COMPUTED})::text, %(reason)s, jsonb_build_object() FROM {{staging}} s'
            f" WHERE abs({COMPUTED}) >= 10::numeric ^ 14",
            column=batch.header("unit_price"),
            reason=COMPUTED_TOO_LARGE,
        )
    if "margin_percent" in batch.mapped:
        _check_margins(batch)
    if "hours" in batch.mapped:
        check_hours(batch)
        note_rounded_hours(batch)
    check_references(batch)
    if is_sourced(batch):
        _refuse_changed_lines(batch)
    take_good(batch)
    known = leave_out_known(batch, "segmentation_ledgerline")
    return known + (leave_out_known(batch, "segmentation_hourentry") if "hours" in batch.mapped else 0)


def _check_margins(batch: Batch) -> None:
    batch.refuse(
        'SELECT s."row", %(column)s, trim_scale({margin_percent})::text, %(reason)s, jsonb_build_object()'
        " FROM {staging} s WHERE {margin_percent} > 100 OR {margin_percent} < -10000",
        column=batch.header("margin_percent"),
        reason=BAD_MARGIN,
    )
    ((largest,),) = batch.rows("SELECT max(abs({margin_percent})) FROM {staging} s")
    if largest and largest <= 1 and SMALL_MARGINS not in {note["template"] for note in batch.notes}:
        batch.note(SMALL_MARGINS, largest=f"{largest.normalize():f}")


def _refuse_changed_lines(batch: Batch) -> None:
    batch.refuse(
        "SELECT s.\"row\", %(column)s, s.line_ref, %(reason)s, jsonb_build_object('date', l.date,"
        " 'revenue', trim_scale(l.revenue)::text, 'cost', trim_scale(l.cost)::text, 'account', a.ref)"
        " FROM {staging} s JOIN segmentation_ledgerline l ON l.source = %(source)s AND l.line_ref = s.line_ref"
        " JOIN accounts_account a ON a.id = l.account_id"
        f" JOIN {{staging}}_customers c ON c.key = {ROW_KEY}"
        f" WHERE (l.date, l.revenue, l.cost) IS DISTINCT FROM ({{date}}, {_revenue(batch)}, {_cost(batch)})"
        " OR c.account_id IS DISTINCT FROM l.account_id"
        " OR (l.currency, l.category, l.product, l.region) IS DISTINCT FROM (coalesce({currency}, %(currency)s),"
        " coalesce({category}, ''), coalesce({product}, ''), coalesce({region}, ''))",
        column=batch.header("line_ref"),
        reason=REF_CHANGED,
        currency=Organisation.current().currency,
    )


def _write_ledger(batch: Batch) -> int:
    make_accounts(batch)
    amount = f"AND {_HAS_AMOUNT}"
    written = write_in_slices(
        batch,
        "INSERT INTO segmentation_ledgerline (account_id, date, revenue, cost, currency, category, product, region,"
        " source, line_ref, fingerprint, batch_id, created_at)"
        f" SELECT c.account_id, {{date}}, {_revenue(batch)}, {_cost(batch)}, coalesce({{currency}}, %(currency)s),"
        " coalesce({category}, ''), coalesce({product}, ''), coalesce({region}, ''), %(source)s,"
        " coalesce({line_ref}, ''), g.fingerprint, %(batch)s, now()"
        ' FROM {staging}_good g JOIN {staging} s USING ("row") JOIN {staging}_customers c ON c.first_row = g.customer'
        f" WHERE {OF_SLICE} {amount} ON CONFLICT DO NOTHING",
        currency=Organisation.current().currency,
    )
    if "hours" in batch.mapped:
        parts = {"person": "NULL", "note": "''", "join": ""}
        write_in_slices(batch, INSERT_HOURS.format(**parts, condition=amount))
        written += write_in_slices(batch, INSERT_HOURS.format(**parts, condition=f"AND NOT {_HAS_AMOUNT}"))
    return written


def _take_back_ledger(batch: Batch, created: Mapping[str, list[int]]) -> list[str]:
    ((reversed_by_hand,),) = batch.rows(
        "SELECT count(*) FROM segmentation_ledgerline r JOIN segmentation_ledgerline l ON l.id = r.reverses_id"
        " WHERE l.batch_id = %(batch)s AND r.batch_id IS DISTINCT FROM %(batch)s"
    )
    if reversed_by_hand:
        raise RuleViolation(
            _("%(count)s lines of this import were reversed by hand since. Nothing was taken back.")
            % {"count": reversed_by_hand}
        )
    batch.execute("DELETE FROM segmentation_hourentry WHERE batch_id = %(batch)s")
    batch.execute("DELETE FROM segmentation_ledgerline WHERE batch_id = %(batch)s")
    return forget_created(batch, created)


def _sum_up_ledger(batch: Batch) -> dict[str, str | int]:
    """What the good rows hold, for the eye before confirming."""
    ((first, last, revenue, cost, customers),) = batch.rows(
        f"SELECT min({{date}}), max({{date}}), sum({_revenue(batch)}), sum({_cost(batch)}),"
        " (SELECT count(*) FROM {staging}_customers)"
        ' FROM {staging}_good g JOIN {staging} s USING ("row")'
    )
    if first is None:
        return {}
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "revenue": f"{revenue:f}",
        "cost": f"{cost:f}",
        "profit": f"{revenue - cost:f}",
        "accounts": customers,
        "new_accounts": new_account_count(batch),
        "currency": "" if "currency" in batch.mapped else Organisation.current().currency,
    }


def _curve_of_these_months(summary: Mapping[str, Any]) -> After | None:
    """A run over the months that came in, up to the newest closed one; None where none of them is closed."""
    if not summary:
        return None
    first, last = (window.first_of_month(dt.date.fromisoformat(summary[end])) for end in ("from", "to"))
    last = min(last, window.last_closed(today(), Organisation.current().month_closes_after))
    if last < first:
        return None
    return After(
        label=_("Compute the curve of these months"),
        right="curve.run",
        url_name="profit_run_create",
        values={"from_month": f"{first:%Y-%m}", "to_month": f"{last:%Y-%m}"},
    )


LEDGER: Final = Kind(
    name="ledger",
    label=gettext_lazy("Ledger lines"),
    right="import.ledger",
    read_right="ledger.read_all",
    targets=(
        *ACCOUNT,
        DATE,
        Target(
            "revenue",
            gettext_lazy("Revenue"),
            type="number",
            synonyms=(
                "Sales", "Amount", "Net sales", "Net revenue", "Turnover", "Net amount", "Line total", "Umsatz",
                "Erlös", "Nettoumsatz", "Betrag", "Выручка", "Сумма", "Продажи", "Оборот", "销售额", "收入", "金额",
                "Chiffre d'affaires", "Ventas", "Importe",
            ),
        ),
        Target(
            "profit",
            gettext_lazy("Profit"),
            type="number",
            synonyms=(
                "Margin amount", "Gross profit", "Gross margin", "Contribution", "Gewinn", "Deckungsbeitrag",
                "Rohertrag",                "Прибыль", "Маржа", "利润", "毛利", "Bénéfice", "Beneficio",
            ),
        ),
        Target("margin_percent", gettext_lazy("Margin in percent of revenue"), type="percent",
            synonyms=(
                "Margin percent", "Margin pct", "Profit margin", "Profit margin percent", "Margin percentage",
                "Gross margin percent", "Marge in Prozent", "Маржа в процентах", "毛利率",
            ),
        ),
        Target(
            "cost",
            gettext_lazy("Cost"),
            type="number",
            synonyms=(
                "Costs", "Direct cost", "COGS", "Cost of sales", "Total cost", "Kosten", "Einstandskosten",
                "Себестоимость", "Затраты", "Расходы", "成本", "Coût", "Coste",
            ),
        ),
        Target("unit_price", gettext_lazy("Unit price"), type="number",
            synonyms=(
                "Price", "Price per unit", "Price each", "Sales price", "Einzelpreis", "Stückpreis", "Preis",
                "Цена", "Цена за единицу", "单价", "价格", "Prix unitaire", "Precio unitario",
            ),
        ),
        Target("quantity", gettext_lazy("Quantity"), type="number",
            synonyms=(
                "Qty", "Units", "Quantity ordered", "Menge", "Anzahl", "Stückzahl", "Количество", "数量", "Quantité",
                "Cantidad",
            ),
        ),
        Target("discount", gettext_lazy("Discount"), type="share",
            synonyms=("Discount rate", "Discount %", "Rabatt", "Скидка", "折扣", "Remise", "Descuento"),
        ),
        Target(
            "category",
            gettext_lazy("Category"),
            max_length=100,
            synonyms=("Cost type", "Product category", "Kategorie", "Kostenart", "Категория", "类别", "类目"),
        ),
        Target(
            "currency",
            gettext_lazy("Currency"),
            type="code",
            max_length=3,
            synonyms=("Währung", "Валюта", "货币", "币种"),
        ),
        HOURS_TARGET,
        POOL,
        LINE_REF,
        Target("segment", gettext_lazy("Segment"), max_length=100, synonyms=("Customer segment", "Сегмент", "细分")),
        Target(
            "region",
            gettext_lazy("Region"),
            max_length=100,
            synonyms=("Sales region", "Gebiet", "Регион", "地区", "区域"),
        ),
        Target(
            "product",
            gettext_lazy("Product"),
            max_length=300,
            synonyms=(
                "Product Name", "Item", "Article", "Produktname", "Produkt", "Artikel", "Товар", "Продукт",
                "Название товара", "产品名称", "产品", "商品名称",
            ),
        ),
    ),
    needs_one_of=(("account_ref", "account_name"), ("date",), ("revenue", "unit_price", "cost", "profit", "hours")),
    exclusive=(
        *(
            Exclusive(
                frozenset({"revenue", factor}),
                gettext_lazy(
                    "Revenue is mapped, and so is what it would be computed from. Choose revenue, or unit price,"
                    " quantity and discount."
                ),
            )
            for factor in ("unit_price", "quantity", "discount")
        ),
        *(
            Exclusive(
                frozenset({"margin_percent", other}),
                gettext_lazy("A margin in percent says what profit and cost are. Choose one of the three."),
            )
            for other in ("cost", "profit")
        ),
        Exclusive(
            frozenset({"cost", "profit"}),
            gettext_lazy("Both cost and profit are mapped. Profit is revenue less cost: choose one of the two."),
        ),
    ),
    companions={
        "unit_price": frozenset({"quantity"}),
        "quantity": frozenset({"unit_price"}),
        "discount": frozenset({"unit_price", "quantity"}),
    },
    needed_cells=_needed_ledger_cells,
    check=_check_ledger,
    write=_write_ledger,
    take_back=_take_back_ledger,
    summary=_sum_up_ledger,
    after=_curve_of_these_months,
    state_of_base=state_of_base,
)  # fmt: skip
