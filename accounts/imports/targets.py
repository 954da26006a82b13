"""Targets that several kinds share, with the names that exports give their columns."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy

from pmcrm.exchange.registry import Target

PMCRM_ID: Final = Target("pmcrm_id", gettext_lazy("Our own key"), max_length=40)
ACCOUNT_REF: Final = Target(
    "account_ref",
    gettext_lazy("Account reference"),
    max_length=100,
    is_name=True,
    synonyms=(
        "Account ID", "Customer ID", "Account No", "Account number", "Customer No", "Customer number", "Client ID",
        "Customer code", "Account code", "Account reference", "Customer", "Debtor",
        "Kunden-ID", "Kundennummer", "Kundennr", "Kunden-Nr", "Debitor", "Debitorennummer",
        "ID клиента", "Код клиента", "Номер клиента", "Код контрагента", "客户编号", "客户ID", "客户代码",
        "N° client", "Code client", "ID cliente", "Código cliente",
    ),
)  # fmt: skip
ACCOUNT_NAME: Final = Target(
    "account_name",
    gettext_lazy("Account name"),
    max_length=300,
    is_name=True,
    synonyms=(
        "Customer Name", "Account", "Client", "Client name", "Company", "Company name", "Customer",
        "Kundenname", "Kunde", "Firma", "Клиент", "Имя клиента", "Название клиента", "Контрагент", "Покупатель",
        "客户名称", "客户", "客户姓名", "公司名称", "Nom client", "Nombre cliente",
    ),
)  # fmt: skip
ACCOUNT: Final = (ACCOUNT_REF, ACCOUNT_NAME)
COUNTRY: Final = Target(
    "country",
    gettext_lazy("Country"),
    max_length=80,
    synonyms=(
        "Country code", "Country name", "Office location", "Land", "Страна", "国家", "Pays", "País", "Paese",
    ),
)  # fmt: skip
PHONE: Final = Target(
    "phone",
    gettext_lazy("Phone"),
    max_length=60,
    synonyms=(
        "Phone number", "Telephone", "Tel", "Mobile", "Telefon", "Телефон", "电话", "Téléphone", "Teléfono",
    ),
)  # fmt: skip
TIME_ZONE: Final = Target(
    "time_zone", gettext_lazy("Time zone"), max_length=64, synonyms=("Zone", "Zeitzone", "Часовой пояс", "时区")
)
PLACE: Final = (
    COUNTRY,
    Target("region", gettext_lazy("Region"), max_length=100,
        synonyms=("Sales region", "Province", "Gebiet", "Регион", "地区", "区域"),
    ),
    Target("street", gettext_lazy("Street and number"),
        synonyms=("Address", "Street address", "Address line 1", "Straße", "Адрес", "地址", "Adresse", "Dirección"),
    ),
    Target("postcode", gettext_lazy("Postcode"), max_length=20,
        synonyms=("Postal code", "ZIP", "ZIP code", "PLZ", "Postleitzahl", "Индекс", "邮编", "Code postal"),
    ),
    Target("city", gettext_lazy("City"), max_length=100,
        synonyms=("Town", "Stadt", "Ort", "Город", "城市", "Ville", "Ciudad"),
    ),
    TIME_ZONE,
    PHONE,
)  # fmt: skip
CURRENCY: Final = Target(
    "currency", gettext_lazy("Currency"), type="code", max_length=3, synonyms=("Währung", "Валюта", "货币", "币种")
)
