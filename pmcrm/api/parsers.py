"""JSON as people may send it: what no text or number may hold is refused here, with a word, and never further in."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError


class JSONParser(parsers.JSONParser):
    """Refuses nesting without end and half characters (lone surrogates), which Python reads and PostgreSQL cannot."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read()
        try:
            data = super().parse(BytesIO(body), media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        if b"\\u" in body:
            try:
                _check_text(data)
            except UnicodeEncodeError as error:
                raise ParseError(_("The JSON holds half a character (a lone surrogate); send whole ones.")) from error
        return data


def _check_text(data: Any) -> None:
    """Encode every text once; a lone surrogate raises UnicodeEncodeError."""
    if isinstance(data, str):
        data.encode()
    elif isinstance(data, dict):
        for key, value in data.items():
            key.encode()
            _check_text(value)
    elif isinstance(data, list):
        for value in data:
            _check_text(value)
