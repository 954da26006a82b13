"""The forms of an import: the file, how it is read, which column is what, and the choice before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmcrm.exchange.models import Import
from pmcrm.exchange.records import ENCODINGS
from pmcrm.exchange.registry import all_kinds
from pmcrm.exchange.sniff import SUFFIXES
from pmcrm.people.models import Organisation

if TYPE_CHECKING:
    from pmcrm.people.models import User

DELIMITER_NAMES = {
    ",": _("Comma ,"),
    ";": _("Semicolon ;"),
    "\t": _("Tab"),
    "|": _("Bar |"),
    ":": _("Colon :"),
}
ORDER_NAMES = {"mdy": _("month/day/year"), "dmy": _("day/month/year"), "ymd": _("year first only")}
DECIMAL_NAMES = {".": _("Point, as in 1,234.50"), ",": _("Comma, as in 1.234,50")}
AS_FOUND = "found"
# A change of these makes other columns of the file, so an older mapping no longer fits.
_STRUCTURE = frozenset({"encoding", "delimiter", "quote", "header_row", "sheet"})


class UploadForm(forms.Form):
    """One file of one kind."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, TXT, TSV or XLSX, for contacts also vCard."
            " Columns, separator, dates and decimal signs are found out and shown first."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join([*SUFFIXES, ".vcf"])}),
    )
    kind = forms.ChoiceField(label=pgettext_lazy("import", "What it holds"))
    source = forms.CharField(
        label=_("Source"),
        max_length=60,
        required=False,
        help_text=_("The system it comes from, such as “erp”. Then its own line references tell the lines apart."),
    )

    join = forms.FileField(
        label=_("Look-up file"),
        required=False,
        help_text=_("Where a second file completes the rows, such as orders for order lines."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )
    join_key = forms.CharField(
        label=_("Joined by column"),
        max_length=200,
        required=False,
        help_text=_("The name of the column that both files have, such as “Order ID”."),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("join") and not given.get("join_key"):
            self.add_error("join_key", _("Write the name of the column that both files have."))
        if given.get("join_key") and not given.get("join") and "join" not in self.errors:
            self.add_error("join", _("Choose the look-up file, or leave the column empty."))
        return given

    def __init__(self, *arguments: Any, user: User, **named: Any) -> None:
        super().__init__(*arguments, **named)
        open_kinds = [(kind.name, kind.label) for kind in all_kinds() if user.may(kind.right)]
        self.fields["kind"].choices = open_kinds  # type: ignore[attr-defined]  # a ChoiceField has choices


class SettingsForm(forms.Form):
    """How the file is read. What a person leaves as it was found stays found; what is changed is an answer."""

    sheet = forms.ChoiceField(label=_("Sheet"))
    header_row = forms.IntegerField(
        label=_("Header in row"), min_value=0, max_value=1000, help_text=_("0 where the file has no header.")
    )
    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(ENCODINGS.items()))
    delimiter = forms.ChoiceField(label=_("Separator"), choices=list(DELIMITER_NAMES.items()))
    decimal = forms.ChoiceField(label=_("Decimal sign"))
    date_order = forms.ChoiceField(label=_("Dates like 03/04/2019"))
    time_zone = forms.ChoiceField(label=_("Times without a zone"))

    def __init__(self, data: Any = None, *, job: Import) -> None:
        self.job = job
        findings = job.findings
        shape = findings.get("shape", {})
        self.found: dict[str, Any] = {key: shape.get(key) for key in ("sheet", "header_row", "encoding", "delimiter")}
        self.found |= {key: job.answers.get(key, AS_FOUND) for key in ("decimal", "date_order", "time_zone")}
        super().__init__(data, initial=self.found)
        hidden = ("encoding", "delimiter") if shape.get("format") == "xlsx" else ("sheet",)
        mapped = set(job.mapping.values())
        if not any(target.type == "instant" and target.name in mapped for target in job.declaration.targets):
            hidden = (*hidden, "time_zone")
        for name in hidden:
            del self.fields[name]
        if "sheet" in self.fields:
            self.fields["sheet"].choices = [(one["name"], one["name"]) for one in findings.get("sheets", [])]  # type: ignore[attr-defined]
        for name, names in (("decimal", DECIMAL_NAMES), ("date_order", ORDER_NAMES)):
            proven = findings.get("proof", {}).get(name, [])
            side = next((one["side"] for one in proven if one["side"] != "either"), "")
            is_asked = name in {question["key"] for question in job.questions}
            found = _("As found: %(what)s") % {"what": names[side]} if side else _("No value needs it")
            self.fields[name].choices = [(AS_FOUND, _("Choose") if is_asked else found), *names.items()]  # type: ignore[attr-defined]
        if "time_zone" in self.fields:
            is_asked = "time_zone" in {question["key"] for question in job.questions}
            own = Organisation.current().time_zone
            zones = [own, *(zone for zone in sorted(available_timezones()) if zone != own)]
            found = _("Choose") if is_asked else _("No value needs it")
            self.fields["time_zone"].choices = [(AS_FOUND, found), *zip(zones, zones, strict=True)]  # type: ignore[attr-defined]  # a choice field
        self.columns = [
            {
                "name": f"column-{place}",
                "header": column["name"],
                "samples": column["samples"],
                "as_read": findings.get("as_read", {}).get(column["name"], ""),
                "target": (data.get(f"column-{place}") if data else None) or job.mapping.get(column["name"], ""),
            }
            for place, column in enumerate(findings.get("columns", []))
        ]

    @property
    def targets(self) -> list[tuple[str, Any]]:
        return [(target.name, target.label) for target in self.job.declaration.targets]

    def answers(self) -> dict[str, Any]:
        """The settings to read the file by: earlier answers, what differs from the findings, the mapping."""
        given = {key: value for key, value in self.job.answers.items() if key != "columns"}
        asked = {question["key"] for question in self.job.questions}
        is_new_structure = False
        for key, value in self.cleaned_data.items():
            if value == AS_FOUND:
                given.pop(key, None)
            elif value != self.found.get(key) or key in asked:
                given[key] = value
                is_new_structure = is_new_structure or (key in _STRUCTURE and value != self.found.get(key))
        if not is_new_structure and self.columns:
            mapping = {column["header"]: self.data.get(column["name"]) or None for column in self.columns}
            current = {column["header"]: self.job.mapping.get(column["header"]) for column in self.columns}
            if mapping != current or "columns" in self.job.answers:
                given["columns"] = mapping
        return given


class ConfirmForm(forms.Form):
    """The choice that is made before anything comes in."""

    mode = forms.ChoiceField(
        label=_("With bad rows"),
        choices=[("all", _("All or nothing")), ("partial", _("Good rows now, bad rows back"))],
        initial="all",
        widget=forms.RadioSelect,
    )

    @property
    def is_partial(self) -> bool:
        return bool(self.cleaned_data["mode"] == "partial")
