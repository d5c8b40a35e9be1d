"""A case is found by the number that somebody says on the telephone."""

import pytest

from sensors.models import Case
from tests.support.fleet import Fleet
from tests.support.signed_in import As


@pytest.mark.parametrize("written", ["C-{}", "c-{}", "{}", " C {} ", "c{}"])
def test_the_list_finds_it_however_it_is_written(fleet: Fleet, signed_in: As, written: str):
    case = fleet.reported(fleet.enrolled())
    fleet.reported(fleet.enrolled("box-2"))
    page = signed_in(fleet.world.owner).get("/cases/", {"q": written.format(case.number)}).content.decode()
    assert f"/cases/{case.pk}/" in page
    assert "box-2" not in page


@pytest.mark.parametrize("written", ["C-9", "99999999999999999999", "\0", "C-", "٣", "lighthouse"])
def test_what_is_no_number_finds_nothing_and_breaks_nothing(fleet: Fleet, signed_in: As, written: str):
    fleet.reported(fleet.enrolled())
    answer = signed_in(fleet.world.owner).get("/cases/", {"q": written})
    assert answer.status_code == 200


def test_a_strangers_number_is_not_found(fleet: Fleet, signed_in: As):
    case = fleet.reported(fleet.enrolled())
    page = signed_in(fleet.world.stranger).get("/cases/", {"q": case.called}).content.decode()
    assert f"/cases/{case.pk}/" not in page


def test_a_case_of_the_version_before_has_no_number_and_can_still_be_read(fleet: Fleet, signed_in: As):
    case = fleet.cut_off()
    Case.objects.filter(pk=case.pk).update(number=None)
    for path in ("/cases/", f"/cases/{case.pk}/", f"/api/v1/cases/{case.pk}/"):
        text = signed_in(fleet.world.owner).get(path).content.decode()
        assert "C-None" not in text
        assert ">None<" not in text
