"""Files that are not what they seem, too much, or written by somebody who means harm."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sensors.models import ImportPart, ImportRun
from sensors.onboarding.limits import MOST_ROWS, MOST_UNPACKED_BYTES
from sensors.onboarding.lines import Unreadable
from sensors.onboarding.template_file import template_text, template_workbook
from tests.support.importing import BOXES, PERSON, boxes, faulty_rows, made, prepared, with_sheet, workbook
from tests.support.tenants.making import BAD_NAMES
from tests.support.world import World

GERMAN = "kind;site;name;description\nbox;Quay 7;box-1;grauer Kasten über der Tür\n"
NAMES = ("Größenwahn", "Łódź", "北京機房", "المكتب الرئيسي", "Ὀδυσσεύς", "дом 7", "தமிழ்", "💾 room")
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def descriptions(run: ImportRun) -> list[str]:
    return [row["cells"].get("description", "") for part in run.parts.all() for row in part.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "windows-1252"])
def test_each_encoding_of_a_spreadsheet_is_read(world: World, encoding: str):
    content = b"\xff\xfe" + GERMAN.encode("utf-16-le") if encoding == "utf-16-le-bom" else GERMAN.encode(encoding)
    run = prepared(world, content)
    assert descriptions(run) == ["grauer Kasten über der Tür"]
    assert bool(run.notes) is (encoding == "windows-1252")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GERMAN.encode("utf-16-le"), "unknown encoding"),
        (GERMAN.encode("utf-32"), "UTF-32"),
        (b"\xef\xbb\xbfkind;site\nbox;\xff", "begins as utf-8"),
        (b"kind;site;name\nbox;Quay 7;\x81\x8d", "neither in UTF-8 nor in Windows-1252"),
        (BOXES.encode() + b"box,Quay 7,box\0-1,,\n", "Line 2 holds a NUL"),
        (BOXES.encode() + b'box,Quay 7,"box-1,,\n', "quotes"),
        (b"", "empty"),
        (b"  \n\n ", "empty"),
        (BOXES.encode(), "no rows"),
        (b"site,name\nQuay 7,box-1\n", "no column 'kind'"),
        (b"kind,site,site\nbox,Quay 7,Quay 7\n", "twice"),
        (b"kind,site,colour\nbox,Quay 7,red\n", "no column 'colour'"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel"),
        (b"PK\x03\x04" + b"x" * 200, "no text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "NUL|unknown encoding"),
        (b"kind" + b"," * 100_000 + b"x\nbox\n", "more than 40 columns"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(world: World, content: bytes, words: str):
    with pytest.raises(Unreadable, match=words):
        prepared(world, content)
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("name", ["boxes.xlsx", "boxes.xls", "boxes.xlsm", "boxes", "boxes.csv.exe", ""])
def test_a_file_has_to_be_what_its_name_says(world: World, name: str):
    with pytest.raises(Unreadable):
        prepared(world, boxes(1), name=name)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("told", ["", "sep="])
def test_each_separator_is_found(world: World, separator: str, told: str):
    first = f"sep={separator}\r\n" if told else ""
    text = first + GERMAN.replace(";", separator).replace("\n", "\r\n")
    assert descriptions(prepared(world, text)) == ["grauer Kasten über der Tür"]


def test_names_in_every_script_arrive_as_they_are(world: World):
    rows = "".join(f"box,Quay 7,box-{number},{name},\n" for number, name in enumerate(NAMES))
    run = made(prepared(world, BOXES + rows), world.administrator)
    assert run.rows_done == len(NAMES)
    assert set(world.quay.sensors.values_list("description", flat=True)) == set(NAMES)


@pytest.mark.parametrize("what", sorted(BAD_NAMES.keys() - {"NUL", "a lone surrogate", "nothing", "white space"}))
def test_a_name_that_cannot_be_one_is_told_with_its_row_and_column(world: World, what: str):
    quoted = '"' + BAD_NAMES[what] + '"'
    ((row, column, words),) = faulty_rows(world, f"{BOXES}box,Quay 7,box-1,good,\nbox,Quay 7,box-2,{quoted},\n")
    assert (row, column) == (3, "description")
    assert words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{BOXES}box,Quay 7,box-1,,\nbox,Quay 7,box-1,,\n", (3, "name", "row 2")),
        (f"{BOXES}box,Quay 9,box-1,,\n", (2, "site", "There is no site 'Quay 9'")),
        (f"{BOXES}box,Quay 7,Box 1,,\n", (2, "name", "a-z, 0-9")),
        (f"{BOXES}box,,box-1,,\n", (2, "site", "needs this")),
        (f"{BOXES}box,Quay 7,,,\n", (2, "name", "needs this")),
        (f"{BOXES}box,Quay 7,box-1,,4.47113E+12\n", (2, "serial number", "rounded")),
        (f'{BOXES}box,Quay 7,box-1,,"4,47113E+12"\n', (2, "serial number", "rounded")),
        (f"{BOXES}crate,Quay 7,box-1,,\n", (2, "kind", "'crate' is no kind")),
        (f"{BOXES},Quay 7,box-1,,\n", (2, "kind", "site, person or box")),
        (f"{BOXES}site,Quay 8,,,SN-1\n", (2, "serial number", "A site has no")),
        (f"{BOXES}box,Quay 7,box-1,,SN-1,more\n", (2, "column 6", "without a heading")),
        ("kind,site,expected networks\nsite,Quay 8,here\n", (2, "expected networks", "is not a network")),
        ("kind,site,expected networks\nsite,Quay 8,\n", (2, "expected networks", "needs this")),
        ("kind,site,expected networks\nsite,Quay 7,192.0.2.0/24\n", (2, "expected networks", "there already")),
        ("kind,site,name,gateway\nbox,Quay 7,box-1,nowhere\n", (2, "gateway", "gateway-1")),
        ("kind,site,name,line\nbox,Quay 7,box-1,5\n", (2, "line", "3.x")),
        (f"{PERSON}person,Ada,ada,viewer,\n", (2, "e-mail", "valid")),
        (f"{PERSON}person,Ada,ada@example.org,operator,\n", (2, "role", "manager, contact, viewer")),
        (f"{PERSON}person,Ada,stranger@example.org,viewer,\n", (2, "e-mail", "already")),
        (f"{PERSON}person,Ada,owner@example.org,viewer,\n", (2, "role", "as contact")),
        (f"{PERSON}person,A,a@example.org,viewer,\nperson,B,A@example.org,viewer,\n", (3, "e-mail", "row 2")),
    ],
)
def test_a_fault_is_told_with_row_column_and_how_to_mend_it(world: World, text: str, expected: tuple[int, str, str]):
    ((row, column, words),) = faulty_rows(world, text)
    assert (row, column) == expected[:2]
    assert expected[2] in words
    assert not ImportRun.objects.exists()


def test_an_operator_imports_boxes_and_no_people(world: World):
    text = "kind,site,name,e-mail,role\nbox,Quay 7,box-1,,\nperson,,Ada,ada@example.org,viewer\n"
    assert [(row, column) for row, column, _ in faulty_rows(world, text, by=world.operator)] == [(3, "kind")]


def test_managers_need_a_reason_where_two_people_have_to_want_them(world: World, second_administrator: Any):
    assert faulty_rows(world, f"{PERSON}person,Max,max@example.org,manager,\n")[0][:2] == (2, "reason")
    rows = "".join(f"person,M,m{number}@example.org,manager,New.\n" for number in range(12))
    assert [row for row, _, _ in faulty_rows(world, PERSON + rows)] == [12, 13]


def test_more_rows_than_may_be_are_refused_with_the_limit(world: World):
    with pytest.raises(Unreadable, match=f"{MOST_ROWS:,}"):
        prepared(world, boxes(100_000).replace("number ", "")[: 4 * 1024 * 1024 - 10])
    with pytest.raises(Unreadable, match="4 MiB"):
        prepared(world, boxes(200_000))


def test_a_gateway_without_room_is_told_before_anything_is_made(world: World):
    world.gateway.network = "10.88.0.0/29"
    world.gateway.save()
    assert [(row, column) for row, column, _ in faulty_rows(world, boxes(8))] == [(7, "gateway")]


@pytest.mark.parametrize(
    "formula", ["=1+1", '=HYPERLINK("http://203.0.113.9")', "@SUM(A1)", "+1", "-1", "=cmd|' /C calc'!A0"]
)
def test_formulas_are_text(world: World, formula: str):
    quoted = '"' + formula.replace('"', '""') + '"'
    assert descriptions(prepared(world, f"{BOXES}box,Quay 7,box-1,{quoted},\n")) == [formula]
    sheet = workbook({"Boxes": [["site", "name", "description"], ["Quay 7", "box-2", formula]]})
    assert descriptions(prepared(world, sheet, name="boxes.xlsx")) == [formula]


def test_a_workbook_that_another_program_wrote_is_read_without_the_sheet_that_nobody_sees(world: World):
    """With openpyxl 3.1: sites, notes, boxes with numbers and a formula, and a hidden sheet of boxes."""
    run = prepared(world, (Path(__file__).parent / "files" / "openpyxl.xlsx").read_bytes(), name="all.xlsx")
    assert (run.sites, run.boxes) == (1, 1)
    assert "'Notes' was left out" in run.notes[0]
    (box,) = [row for part in run.parts.all() for row in part.rows if row["kind"] == "box"]
    assert (box["number"], box["cells"]["serial number"], box["cells"]["line"]) == (3, "4471", "2.4")
    assert box["cells"]["description"] == '=HYPERLINK("http://203.0.113.9")'


def test_both_templates_can_be_imported_as_they_are(world: World):
    for content, name in ((template_text().encode(), "a.csv"), (template_workbook(), "a.xlsx")):
        assert faulty_rows(world, content.replace(b"Quay 7", b"Quay 8"), name=name) == [] or name == "a.xlsx"
    world.quay.expected_networks = ["203.0.113.0/28"]
    world.quay.save()
    run = prepared(world, template_workbook(), name="a.xlsx")
    assert (run.sites, run.people, run.boxes, run.there_already) == (0, 1, 1, 1)


def bomb() -> bytes:
    return with_sheet(f"<worksheet {MAIN}><sheetData>{' ' * (MOST_UNPACKED_BYTES + 1)}</sheetData></worksheet>")


def lying_bomb() -> bytes:
    """It claims to hold ten bytes."""
    content = bytearray(bomb())
    with zipfile.ZipFile(io.BytesIO(content)) as folder:
        size = folder.getinfo("xl/worksheets/sheet1.xml").file_size
    return bytes(content.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little")))


def entities() -> bytes:
    declared = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(9))
    return with_sheet(f"<!DOCTYPE x [{declared}]><worksheet {MAIN}><sheetData>&e8;</sheetData></worksheet>")


def rows_xml(rows: str) -> bytes:
    return with_sheet(f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>")


BOMBS: dict[str, Callable[[], bytes]] = {
    "much when unpacked": bomb,
    "much more than it claims": lying_bomb,
    "entities": entities,
    "an entity of a file": lambda: with_sheet(
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet {MAIN}>&e;</worksheet>'
    ),
    "deep": lambda: rows_xml("<a>" * 1_000_000),
    "a tag without an end": lambda: with_sheet("<worksheet " + "a" * 20_000_000),
    "a million attributes": lambda: with_sheet("<worksheet " + " ".join(f'a{n}=""' for n in range(1_000_000)) + "/>"),
    "a row of millions of cells": lambda: rows_xml('<row r="1">' + "<c/>" * 3_000_000 + "</row>"),
    "a cell far to the right": lambda: rows_xml('<row r="1"><c r="XFD1" t="str"><v>x</v></c></row>'),
    "cells in a wrong order": lambda: rows_xml(
        '<row r="1"><c r="B1" t="str"><v>x</v></c><c r="A1" t="str"><v>x</v></c></row>'
    ),
    "a shared text that is not there": lambda: rows_xml('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'),
    "not XML": lambda: with_sheet("kind,site"),
    "cut off": lambda: workbook({"Boxes": [["site", "name"]]})[:-400],
    "no workbook": lambda: template_workbook().replace(b"xl/workbook.xml", b"xl/workbuch.xml"),
}


@pytest.mark.long
@pytest.mark.parametrize("what", BOMBS)
def test_a_workbook_that_would_take_much_is_refused_before_it_does(world: World, what: str):
    content = BOMBS[what]()
    assert len(content) < 8 * 1024 * 1024
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable):
            prepared(world, content, name="boxes.xlsx")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * 1024 * 1024
    assert not ImportPart.objects.exists()


def test_a_row_with_a_number_far_down_costs_no_more_than_one(world: World):
    rows = '<row r="1"><c t="str"><v>site</v></c><c t="str"><v>name</v></c></row>'
    rows += '<row r="1048576"><c t="str"><v>Quay 7</v></c><c t="str"><v>Box 1</v></c></row>'
    found = faulty_rows(world, rows_xml(rows), name="b.xlsx")
    assert [(row, column) for row, column, _ in found] == [(1048576, "name")]
