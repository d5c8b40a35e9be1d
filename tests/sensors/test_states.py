import itertools

import pytest

from sensors.states import CONNECTABLE, ENROLLABLE, REPORTABLE, ImpossibleChange, SensorState, check_change

# Rows: from. Columns: to, in the order registered, in service, reported, cut off, returned, retired.
TABLE = {
    SensorState.REGISTERED: (0, 1, 1, 0, 0, 1),
    SensorState.IN_SERVICE: (0, 0, 1, 0, 0, 1),
    SensorState.REPORTED: (0, 0, 0, 1, 0, 0),
    SensorState.CUT_OFF: (0, 0, 0, 0, 1, 1),
    SensorState.RETURNED: (0, 1, 1, 0, 0, 1),
    SensorState.RETIRED: (0, 0, 0, 0, 0, 0),
}


def is_possible(before: SensorState, after: SensorState) -> bool:
    try:
        check_change(before, after)
    except ImpossibleChange:
        return False
    return True


@pytest.mark.parametrize("before", SensorState)
def test_from_each_state_it_goes_where_the_table_says(before: SensorState):
    assert tuple(int(is_possible(before, after)) for after in SensorState) == TABLE[before]


def test_the_one_way_back_from_a_report_is_to_be_given_back():
    """Which has an operation of its own that needs two people, `close_case`."""
    reached = {SensorState.REPORTED}
    steps = {step for step in itertools.product(SensorState, SensorState) if is_possible(*step)}
    for _ in SensorState:
        reached |= {b for a, b in steps - {(SensorState.CUT_OFF, SensorState.RETURNED)} if a in reached}
    assert reached == {SensorState.REPORTED, SensorState.CUT_OFF, SensorState.RETIRED}


def test_who_was_reported_neither_enrols_nor_connects():
    gone = {SensorState.REPORTED, SensorState.CUT_OFF, SensorState.RETIRED}
    assert not gone & (ENROLLABLE | CONNECTABLE | REPORTABLE)
    assert {SensorState.IN_SERVICE} == CONNECTABLE


def test_the_message_names_both_states():
    with pytest.raises(ImpossibleChange, match="is retired cannot become in-service"):
        check_change(SensorState.RETIRED, SensorState.IN_SERVICE)
