"""Files as a provider's staff upload them, and what becomes of them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from sensors.models import ImportRun
from sensors.onboarding.columns import Column
from sensors.onboarding.operations.confirm_import import confirm_import
from sensors.onboarding.operations.make_import_part import make_import_part
from sensors.onboarding.operations.prepare_import import FaultyRows, prepare_import
from tests.support.world import World

BOXES = "kind,site,name,description,serial number\n"


def boxes(count: int, *, site: str = "Quay 7") -> str:
    return BOXES + "".join(f"box,{site},box-{number},number {number},SN-{number}\n" for number in range(count))


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """As a spreadsheet writes it, with shared texts."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_sheet(xml: str) -> bytes:
    """A workbook of which one sheet holds what no spreadsheet would write."""
    good = workbook({"Boxes": [["site", "name"]]})
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return file.getvalue()


def prepared(world: World, content: str | bytes, *, name: str = "boxes.csv", by: Any = None) -> ImportRun:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return prepare_import(customer=world.harbour, file=file, file_name=name, uploaded_by=by or world.administrator)


def faults_of(world: World, content: str | bytes, **options: Any) -> list[tuple[int, str, str]]:
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
