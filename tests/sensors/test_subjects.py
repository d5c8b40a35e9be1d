import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.subjects import SUBJECT, new_gateway_subject, new_sensor_subject


def test_new_subjects_are_ours_and_differ():
    sensors, gateways = ({make() for _ in range(500)} for make in (new_sensor_subject, new_gateway_subject))
    assert len(sensors) == len(gateways) == 500
    assert all(SUBJECT.match(subject) and subject[0] == "s" for subject in sensors)
    assert all(SUBJECT.match(subject) and subject[0] == "g" for subject in gateways)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s-",
        "s-abcdefghijk",
        "s-abcdefghijklm",
        "s-abcdefghijkl\n",
        "\ns-abcdefghijkl",
        "x-abcdefghijkl",
        "S-abcdefghijkl",
        "s-abcdefghijk1",
        "s-abcdefghijk/",
        "../../etc/pass",
        "s-abcdefghijk\u0430",
    ],
)
def test_what_is_no_subject_is_not_taken_for_one(text: str):
    assert not SUBJECT.match(text)


@given(st.text(max_size=16))
def test_what_is_taken_is_safe_in_a_path_a_command_and_a_configuration(text: str):
    if SUBJECT.match(text):
        assert len(text) == 14
        assert set(text) <= set("-abcdefghijklmnopqrstuvwxyz234567")
