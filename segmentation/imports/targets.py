"""Targets that several kinds share, with the names that exports give their columns."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy

from pmcrm.exchange.registry import Target

DATE: Final = Target(
    "date",
    gettext_lazy("Date"),
    type="date",
    is_mark=True,
    synonyms=(
        "Order Date", "Invoice Date", "Posting Date", "Booking Date", "Transaction Date", "Document date", "Day",
        "Bestelldatum", "Rechnungsdatum", "Buchungsdatum", "Datum", "Auftragsdatum", "Belegdatum",
        "Дата", "Дата заказа", "Дата счета", "Дата счёта", "日期", "订单日期", "订购日期", "发票日期",
        "Date de commande", "Fecha", "Fecha de pedido", "Data",
    ),
)  # fmt: skip
HOURS_TARGET: Final = Target(
    "hours",
    gettext_lazy("Hours"),
    type="number",
    synonyms=("Hours spent", "Time spent", "Stunden", "Aufwand", "Часы", "Часов", "工时", "小时", "Heures", "Horas"),
)
POOL: Final = Target(
    "pool",
    gettext_lazy("Pool"),
    max_length=60,
    synonyms=("Team", "Cost pool", "Department", "Abteilung", "Bereich", "Отдел", "Пул", "部门"),
)
LINE_REF: Final = Target(
    "line_ref",
    gettext_lazy("Line reference"),
    synonyms=(
        "Row ID", "Line ID", "Transaction ID", "Entry No", "Line number", "Line No", "Record ID", "ID", "Zeilen-ID",
        "Belegnummer", "Positionsnummer", "ID строки", "Номер строки", "行ID", "行号", "流水号",
    ),
)  # fmt: skip
