import json

import pytest

from lab.errors import LaboratoryBroken
from lab.fleet import read_fleet


def sensor(name: str, customer: str) -> dict[str, str]:
    return {
        "name": name,
        "customer": customer,
        "site": "Main",
        "subject": "s-abcdefghijkl",
        "address": "10.88.0.2",
        "code": f"code of {name}",
    }


@pytest.fixture
def fleet():
    printed = {
        "logins": [{"email": "a@x.example", "password": "p", "role": "contact"}],
        "gateway": {"name": "g", "subject": "g-abcdefghijkl", "code": "code of g", "later": "field"},
        "customers": [{"slug": "one", "name": "One"}, {"slug": "two", "name": "Two"}],
        "sensors": [sensor("n", "Two"), sensor("o", "One"), sensor("p", "Two"), sensor("q", "One")],
    }
    return read_fleet(json.dumps(printed))


def test_the_boxes_of_one_customer_share_a_letter(fleet):
    boxes = fleet.sensors_by_box(["a1", "a2", "b1", "b2"])

    assert {box: facts.name for box, facts in boxes.items()} == {"a1": "n", "a2": "p", "b1": "o", "b2": "q"}


def test_a_box_without_a_sensor_is_an_error(fleet):
    with pytest.raises(LaboratoryBroken, match="b3"):
        fleet.sensors_by_box(["a1", "b3"])


def test_one_time_codes_do_not_show_in_messages(fleet):
    assert "code of" not in repr(fleet)
