"""A file to begin with: in text one table with a column for the kind, in a workbook a sheet for each kind. Pure."""

import csv
import io
import zipfile
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from sensors.onboarding.columns import EXAMPLES, OF_KIND, SHEETS, Column

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def template_text() -> str:
    """With a byte-order mark, without which Excel takes it for Windows-1252."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(Column), restval="")
    writer.writeheader()
    for kind, rows in EXAMPLES.items():
        writer.writerows({Column.KIND: kind.value, **row} for row in rows)
    return "\ufeff" + file.getvalue()


def template_workbook() -> bytes:
    """All cells are text (format 49), so that no spreadsheet makes a number of a telephone or a serial number."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        for path, text in _parts():
            folder.writestr(path, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}')
    return file.getvalue()


def _parts() -> Iterator[tuple[str, str]]:
    numbers = range(1, len(SHEETS) + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{kinds}</Types>',
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    sheets = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*sheets, ("styles", "styles.xml")])
    names = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="r{number}"/>'
        for number, name in enumerate(SHEETS.values(), start=1)
    )
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>'
    yield (
        "xl/styles.xml",
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
        '<fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/>'
        '</cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="49" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>',
    )
    for number, (kind, columns) in enumerate(OF_KIND.items(), start=1):
        rows = [_row(1, list(columns), style=2)]
        for place, example in enumerate(EXAMPLES[kind], start=2):
            rows.append(_row(place, [example.get(column, "") for column in columns], style=1))
        widths = f'<cols><col min="1" max="{len(columns)}" width="24" style="1" customWidth="1"/></cols>'
        sheet = f'<worksheet xmlns="{_MAIN}">{widths}<sheetData>{"".join(rows)}</sheetData></worksheet>'
        yield f"xl/worksheets/sheet{number}.xml", sheet


def _relations(parts: list[tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(parts, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _row(number: int, texts: list[str], *, style: int) -> str:
    cells = "".join(
        f'<c r="{chr(ord("A") + place)}{number}" s="{style}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for place, text in enumerate(texts)
        if text
    )
    return f'<row r="{number}">{cells}</row>'
