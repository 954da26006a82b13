"""A list as its room declares it: one form that says what its address can hold, which columns and which rows it has.

All of a list's state lies in its address: filters, order, columns, the open view, whether it is edited. The page, the
dialog of columns, saved views and exports each read that address through this one form.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmcrm.lists.choosers import Chooser, Keys
from pmcrm.lists.columns import arranged, columns_for
from pmcrm.lists.conditions import LONGEST, Conditions
from pmcrm.lists.fields import asked_of_database, by_key, check, chips
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from pmcrm.lists.columns import Column, FileColumn
    from pmcrm.lists.fields import Field
    from pmcrm.people.models import User


class ListFilters(forms.Form):
    """Every field is optional. A value that is not on offer is named, and the rest still works.

    A list is a subclass with its own filters as fields; it says what is declared below, and has `narrowed`, `visible`
    and `counted`.
    """

    kind: ClassVar[str]  # its name among saved views and exports, and the id of its element
    page: ClassVar[str]  # its page's name
    row_page: ClassVar[str]  # the page of one row
    title: ClassVar[_StrPromise | str]
    usual_sort: str = "name"
    orders: Mapping[str, str]  # what it can be sorted by: public name to indexed column
    declared_columns: ClassVar[Sequence[Column]]
    file_keys: ClassVar[Sequence[FileColumn]]  # what every export begins with, so that it can come in again
    every_field: ClassVar[Sequence[FileColumn]]  # all that an export can hold
    tick: ClassVar[Column | None] = None  # stands first while rows are changed in bulk
    write_right: ClassVar[str] = ""  # whoever lacks it changes nothing here
    segments_of: ClassVar[str] = ""  # the field whose choices stand side by side above the rows; its first is usual
    segments_replace: ClassVar[Sequence[str]] = ()  # fields that another segment takes off

    has_conditions: ClassVar[bool] = False  # whether it declares `fields_on_offer`

    q = forms.CharField(required=False, max_length=200, label=_("Search"))
    filter = forms.CharField(required=False, max_length=LONGEST, label=_("Filters"))
    columns = Keys(required=False, label=_("Columns"))
    edit = forms.ChoiceField(required=False, choices=[("on", "on")], widget=forms.HiddenInput)
    view = forms.CharField(required=False, max_length=18, widget=forms.HiddenInput)
    sort = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.offer("sort", [(sign + name, name) for name in self.orders for sign in ("", "-")])
        self.conditions = Conditions()

    # What a room says of its list -------------------------------------------------------------------------------------

    if TYPE_CHECKING:

        def visible(self) -> Any:
            """Every row that the person may see."""

        def narrowed(self, rows: Any) -> Any:
            """The rows that the form asks for. A refused value narrows nothing."""

        def counted(self, count: int, shown: str) -> str:
            """So many of them in words; `shown` is the number as people read it."""

    def expected(self) -> Any:
        """The same rows as are listed, in words by which the database can tell about how many they are."""
        return self.narrowed(self.visible())

    def read(self, rows: Any, paths: list[str]) -> QuerySet[Any, Any]:
        """Only these values of each row, as named tuples: a list shows hundreds of them."""
        found: QuerySet[Any, Any] = rows.values_list(*paths, named=True)
        return found

    def opened(self, columns: list[Column]) -> list[Column]:
        """These columns while the list is changed: a cell may be a link to its editor."""
        return columns

    @property
    def is_found_bare(self) -> bool:
        """Whether a page is first found by key, without what its rows show: where many rows are sorted for it."""
        return False

    def own_columns(self) -> Iterable[Column]:
        """Columns that are not in the code, such as those of fields of our own."""
        return ()

    def fields_on_offer(self) -> Iterable[Field]:
        """The fields that this person filters by, alone or in groups; none where the list has no such dialog."""
        return ()

    @property
    def segment(self) -> str:
        """The segment that is open."""
        return str(self.asked.get(self.segments_of) or self.usual_segment)

    # Filters with groups ----------------------------------------------------------------------------------------------

    @cached_property
    def fields_by_key(self) -> dict[str, Field]:
        return by_key(self.fields_on_offer())

    def clean(self) -> dict[str, Any]:
        """Take the part of the filter that can be asked; what cannot is named."""
        values = super().clean() or self.cleaned_data
        if text := values.get("filter"):
            checked = check(text, self.fields_by_key)
            self.conditions = checked.conditions
            if checked.complaints:
                self.add_error("filter", " ".join(checked.complaints))
            values["filter"] = str(checked.conditions)
        return values

    def under_conditions(self, rows: Any) -> Any:
        """The rows for which the conditions hold. Part of each list's `narrowed`."""
        return rows.filter(asked_of_database(self.conditions, self.fields_by_key)) if self.conditions else rows

    def condition_chips(self) -> list[tuple[str, str]]:
        """Each condition or group in words, with the filter without it."""
        return chips(self.conditions, self.fields_by_key) if self.conditions else []

    # What its page asks -----------------------------------------------------------------------------------------------

    @property
    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data

    def offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def chooser(self, name: str) -> Chooser:
        self.is_valid()
        return Chooser.of(self, name)

    @property
    def usual_segment(self) -> str:
        field: Any = self.fields[self.segments_of]
        return str(field.choices[0][0])

    @property
    def may_write(self) -> bool:
        return bool(self.write_right) and may(self.person, self.write_right)

    @property
    def is_edited(self) -> bool:
        return bool(self.asked.get("edit")) and self.may_write

    @property
    def columns_on_offer(self) -> list[Column]:
        """The columns that this person may choose from, those of our own fields among them."""
        return columns_for(self.person, [*self.declared_columns, *self.own_columns()])

    @property
    def shown_columns(self) -> list[Column]:
        """The columns of the list, in their order."""
        if keys := self.asked.get("columns"):
            return arranged(self.columns_on_offer, keys)
        return arranged(columns_for(self.person, self.declared_columns))

    def file_columns(self, *, is_everything: bool) -> list[FileColumn]:
        """What an export holds: its keys, then the shown columns in their order or every field; each header once."""
        if is_everything:
            chosen = [*self.every_field, *(one for column in self.own_columns() for one in column.file_columns)]
        else:
            chosen = [one for column in self.shown_columns for one in column.file_columns]
        found = {one.header: one for one in (*self.file_keys, *chosen) if not one.right or may(self.person, one.right)}
        return list(found.values())

    @property
    def sorting(self) -> str:
        return str(self.asked.get("sort") or self.usual_sort)

    @property
    def column(self) -> str:
        """The column that the list is ordered by, with its direction."""
        name = self.sorting.removeprefix("-")
        return ("-" if self.sorting.startswith("-") else "") + self.orders[name]

    @property
    def url(self) -> str:
        return reverse(self.page)
