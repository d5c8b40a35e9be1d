"""Boxes that were found are given back by two people; one that is held gets its key by one. Real OpenVPN, LUKS,
portal, signer and agent.

Each test builds on those before it.
"""

import urllib.error
from typing import Any

import pytest

from lab.laboratory import Laboratory
from lab.sensors import SensorBox
from lab.theft import Theft
from lab.visitor import Visitor
from tests.support.journey import visitor_signed_in

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("journey")]

FOUND, NEVER_AWAY, MOVED = "a1", "a2", "b1"
HELD, KEY_DOES_NOT_FIT = 11, 13


@pytest.fixture(scope="module")
def operator(laboratory: Laboratory) -> Visitor:
    return visitor_signed_in(laboratory, "otto@")


@pytest.fixture(scope="module")
def manager(laboratory: Laboratory) -> Visitor:
    return visitor_signed_in(laboratory, "maria@")


@pytest.fixture(scope="module")
def thefts(laboratory: Laboratory) -> dict[str, Theft]:
    """Both boxes of one customer have a disk and are reported."""
    boxes = {name: laboratory.sensors[name] for name in (FOUND, NEVER_AWAY)}
    for box in boxes.values():
        box.format_disk()
        box.prove_unlock()
    thefts = {name: Theft(laboratory, box) for name, box in boxes.items()}
    for theft in thefts.values():
        theft.report()
        theft.wait_until_cut_off()
    return thefts


def closing_of(theft: Theft) -> str:
    return f"/api/v1/cases/{theft.case()['id']}/closing/"


def status_of_refusal(visitor: Visitor, path: str, **values: str) -> int:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        visitor.post_json(path, **values)
    refusal.value.close()
    return refusal.value.code


def close(theft: Theft, operator: Visitor, manager: Visitor, outcome: str) -> None:
    asked = operator.post_json(closing_of(theft), outcome=outcome, reason="Seal unbroken.")
    manager.post_json(f"{closing_of(theft)}agree/", approval=asked["id"])


def enrol_again(theft: Theft, operator: Visitor) -> SensorBox:
    answer: Any = operator.post_json(f"/api/v1/sensors/{theft.case()['sensor']}/enrolment-code/")
    theft.box.disconnect()
    theft.box.enrol(code=answer["code"], again=True)
    theft.box.connect()
    theft.box.wait_until_connected()
    return theft.box


def test_one_person_alone_does_not_give_it_back(thefts: dict[str, Theft], operator: Visitor):
    theft = thefts[FOUND]
    asked = operator.post_json(closing_of(theft), outcome="given-back", reason="Found in a van, seal unbroken.")
    assert status_of_refusal(operator, f"{closing_of(theft)}agree/", approval=asked["id"]) == 400
    code = f"/api/v1/sensors/{theft.case()['sensor']}/enrolment-code/"
    assert status_of_refusal(operator, code) == 400
    assert theft.case()["closed_at"] is None


def test_a_second_person_agrees_and_what_the_box_has_is_worth_nothing_all_the_same(
    thefts: dict[str, Theft], manager: Visitor
):
    theft = thefts[FOUND]
    waiting = manager.json(closing_of(theft))
    manager.post_json(f"{closing_of(theft)}agree/", approval=waiting["id"])
    assert (theft.case()["outcome"], theft.key_answer()) == ("given-back", 403)
    theft.box.disconnect()
    theft.box.connect()
    with pytest.raises(Exception, match="to get"):
        theft.box.wait_until_connected(timeout=8)


def test_enrolled_anew_it_is_back_at_its_old_address(thefts: dict[str, Theft], operator: Visitor):
    box = enrol_again(thefts[FOUND], operator)
    assert box.is_connected(), "at the address that it had before"


def test_the_key_that_it_gets_opens_the_old_disk_no_more_but_a_new_one(thefts: dict[str, Theft]):
    box = thefts[FOUND].box
    assert box.unlock("--test", "--wait", "30").status == KEY_DOES_NOT_FIT
    box.disk.unlink()
    box.format_disk()
    assert "the key open" in box.prove_unlock()


def test_after_a_false_alarm_its_old_disk_opens_again(thefts: dict[str, Theft], operator: Visitor, manager: Visitor):
    theft = thefts[NEVER_AWAY]
    close(theft, operator, manager, "false-alarm")
    assert theft.key_answer() == 403
    assert "the key open" in enrol_again(theft, operator).prove_unlock()


def test_nobody_else_noticed_any_of_it_and_the_trail_is_whole(laboratory: Laboratory, thefts: dict[str, Theft]):
    assert set(thefts[FOUND].others_that_noticed()) <= {NEVER_AWAY}
    lines = laboratory.portal.manage("verify_audit").splitlines()
    assert all(line.endswith("unbroken") for line in lines)


def test_a_box_where_it_is_not_expected_is_held_until_somebody_lets_it_have_its_key_once(
    laboratory: Laboratory, operator: Visitor
):
    box = laboratory.sensors[MOVED]
    box.format_disk()
    move = (
        "from tenants.models import Site; from tenants.operations.change_site import change_site as c;"
        "from tenants.actors import Actor; from sensors.models import Sensor;"
        f"s = Sensor.objects.get(subject={box.subject!r}).site;"
        "c(site=s, name=s.name, expected_networks=['192.0.2.0/24'], changed_by=Actor.process('test'))"
    )
    laboratory.portal.manage("shell", "--verbosity", "0", "-c", move)
    assert box.unlock("--test", "--once").status == HELD
    sensors = operator.json("/api/v1/sensors/")["results"]
    sensor = next(sensor for sensor in sensors if sensor["subject"] == box.subject)
    path = f"/api/v1/sensors/{sensor['id']}/permit-key/"
    assert status_of_refusal(operator, path, public_address="192.0.2.1") == 400
    operator.post_json(path, public_address=sensor["public_address"])
    assert "the key open" in box.prove_unlock()
