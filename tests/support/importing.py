"""Files as a provider's staff upload them, and what becomes of them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from sensors.models import ImportRun
from sensors.onboarding.columns import Column
from sensors.onboarding.operations.confirm_import import confirm_import
from sensors.onboarding.operations.make_import_part import make_import_part
from sensors.onboarding.operations.prepare_import import FaultyRows, prepare_import
from tests.support.world import World

BOXES = "kind,site,name,description,serial number\n"


def boxes(count: int, *, site: str = "Quay 7") -> str:
    return BOXES + "".join(f"box,{site},box-{number},number {number},SN-{number}\n" for number in range(count))


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """As a spreadsheet writes it: texts are shared, numbers are numbers, and what begins with = is a formula."""
    shared: list[str] = []
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        names, parts = "", ""
        for number, (name, rows) in enumerate(sheets.items(), start=1):
            names += f'<sheet name={quoteattr(name)} sheetId="{number}" state="visible" r:id="rId{number}"/>'
            target = f"/xl/worksheets/sheet{number}.xml"
            parts += f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="{target}"/>'
            folder.writestr(target.lstrip("/"), _sheet(rows, shared))
        parts += f'<Relationship Id="rId99" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
        folder.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{texts}</sst>')
        folder.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}">{parts}</Relationships>')
        folder.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>',
        )
    return file.getvalue()


def _sheet(rows: Sequence[Sequence[Any]], shared: list[str]) -> str:
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = []
        for place, value in enumerate(row):
            at = f'r="{chr(ord("A") + place)}{number}"'
            if isinstance(value, int | float):
                cells.append(f'<c {at} t="n"><v>{value}</v></c>')
            elif value and value.startswith("="):
                cells.append(f"<c {at}><f>{escape(value[1:])}</f><v/></c>")
            elif value:
                shared.append(value)
                cells.append(f'<c {at} t="s"><v>{len(shared) - 1}</v></c>')
            else:
                cells.append(f'<c {at} s="1"/>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def with_sheet(xml: str) -> bytes:
    """A workbook of which one sheet holds what no spreadsheet would write."""
    good = workbook({"Boxes": [["site", "name"]]})
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return file.getvalue()


def prepared(
    world: World, content: str | bytes, *, name: str = "boxes.csv", by: Any = None, customer: Any = None
) -> ImportRun:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return prepare_import(
        customer=customer or world.harbour, file=file, file_name=name, uploaded_by=by or world.administrator
    )


def faulty_rows(world: World, content: str | bytes, **options: Any) -> list[tuple[int, str, str]]:
    """Row, column and words of each; none if the file has no fault."""
    try:
        prepared(world, content, **options)
    except FaultyRows as faulty:
        return [(fault.row, str(fault.column), fault.words) for fault in faulty.faults]
    return []


def made(run: ImportRun, by: Any) -> ImportRun:
    """Confirmed, and all of it made."""
    confirm_import(run=run.pk, confirmed_by=by)
    while make_import_part(run=run.pk, made_by=by):
        pass
    run.refresh_from_db()
    return run


PERSON = f"kind,{Column.NAME},{Column.EMAIL},{Column.ROLE},{Column.REASON}\n"
