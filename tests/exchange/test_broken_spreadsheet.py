"""A spreadsheet whose compressed stream is broken is refused in words, not by a fault."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pmcrm.exchange.records import UnusableFileError, check_spreadsheet


def test_a_broken_stream_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", "<row/>" * 10_000)
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    content = bytearray(file.read_bytes())
    begin = sheet.header_offset + 30 + len(sheet.filename)
    content[begin : begin + 8] = b"\xff" * 8
    file.write_bytes(content)

    with pytest.raises(UnusableFileError):
        check_spreadsheet(file)
