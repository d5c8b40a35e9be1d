"""Two operations that take the same locks in a different order can stop each other for good, and a database then lets
one of them fail. A loss report must never be that one. So all take them in one order, and the audit chain last."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from sensors.cases.operations.escalate_cases import escalate_cases
from sensors.cases.operations.move_sensor import move_sensor
from sensors.cases.operations.replace_sensor import replace_sensor
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code, issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.enrolment.operations.request_renewal import request_renewal
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.gateways.operations.set_up_gateway import alter_gateway
from sensors.keys.operations.release_disk_key import release_disk_key
from tests.support.fleet import ACTOR, Fleet, as_reported, new_csr, renewal
from tests.support.locked_tables import locks
from tests.support.sensors.elsewhere import gateway_elsewhere
from tests.support.sensors.making import minutes_pass

ORDER = (
    "sensors_sensor",
    "sensors_enrolmentcode",
    "sensors_certificaterequest",
    "pki_certificate",
    "sensors_gateway",
    "tenants_auditchain",
)


def report(fleet: Fleet) -> Callable[[], Any]:
    sensor = fleet.enrolled()
    issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    return lambda: fleet.reported(sensor)


def register(fleet: Fleet) -> Callable[[], Any]:
    return lambda: fleet.register("box-9")


def request(fleet: Fleet) -> Callable[[], Any]:
    code = issue_sensor_code(sensor=fleet.register(), issued_by=ACTOR)
    return lambda: request_enrolment(code=code, csr=new_csr(), source="192.0.2.1")


def request_gateway(fleet: Fleet) -> Callable[[], Any]:
    code = issue_gateway_code(gateway=fleet.gateway, issued_by=ACTOR)
    return lambda: request_enrolment(code=code, csr=new_csr(), source="192.0.2.1")


def sign_first(fleet: Fleet) -> Callable[[], Any]:
    request(fleet)()
    return sign_waiting_certificates


def sign_again(fleet: Fleet) -> Callable[[], Any]:
    code = issue_sensor_code(sensor=fleet.enrolled(), issued_by=ACTOR)
    request_enrolment(code=code, csr=new_csr(), source="192.0.2.1")
    return sign_waiting_certificates


def renew(fleet: Fleet) -> Callable[[], Any]:
    sensor = fleet.enrolled()
    return lambda: request_renewal(sensor=sensor, **renewal(sensor))


def sign_renewal(fleet: Fleet) -> Callable[[], Any]:
    renew(fleet)()
    return sign_waiting_certificates


def issue(fleet: Fleet) -> Callable[[], Any]:
    sensor = fleet.register()
    return lambda: issue_sensor_code(sensor=sensor, issued_by=ACTOR)


def retire(fleet: Fleet) -> Callable[[], Any]:
    sensor = fleet.enrolled()
    return lambda: retire_sensor(sensor=sensor, retired_by=ACTOR)


def replace(fleet: Fleet) -> Callable[[], Any]:
    sensor = fleet.connected()
    return lambda: replace_sensor(sensor=sensor, hardware_serial="", replaced_by=ACTOR)


def move(fleet: Fleet) -> Callable[[], Any]:
    sensor, other = fleet.connected(), gateway_elsewhere()
    issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    return lambda: move_sensor(sensor=sensor, site=sensor.site, gateway=other, moved_by=ACTOR)


def release(fleet: Fleet) -> Callable[[], Any]:
    sensor = fleet.connected()
    certificate = fleet.certificate_of(sensor)
    return lambda: release_disk_key(
        sensor=sensor, certificate=certificate, source=sensor.address, confirmation=as_reported(sensor)
    )


def confirm(fleet: Fleet) -> Callable[[], Any]:
    sensor = fleet.connected()
    fleet.reported(sensor)
    return lambda: fleet.observe(cuts=[fleet.cut_of(sensor)])


def escalate(fleet: Fleet) -> Callable[[], Any]:
    fleet.reported(fleet.enrolled())
    minutes_pass(6)
    return escalate_cases


def change(fleet: Fleet) -> Callable[[], Any]:
    return lambda: alter_gateway(
        gateway=fleet.gateway,
        host="198.51.100.2",
        port=1194,
        tcp_port=443,
        base_networks=[],
        mssfix=1400,
        altered_by=ACTOR,
        agreed_by=None,
    )


OPERATIONS = (
    report,
    register,
    request,
    request_gateway,
    sign_first,
    sign_again,
    renew,
    sign_renewal,
    issue,
    retire,
    replace,
    move,
    release,
    confirm,
    escalate,
    change,
)


@pytest.mark.parametrize("prepare", OPERATIONS, ids=lambda prepare: prepare.__name__)
def test_locks_are_taken_in_one_order(fleet: Fleet, prepare: Callable[[Fleet], Callable[[], Any]]):
    if connection.vendor == "sqlite":
        # One writer at a time from the first statement on: there is no order to keep.
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        return
    operation = prepare(fleet)
    with locks() as order:
        operation()
    taken = [table for table in order if table in ORDER]
    assert "tenants_auditchain" in taken
    assert taken == sorted(taken, key=ORDER.index)
    # A case's row is changed only by who holds its sensor's lock, so that it needs no place in the order.
    if "sensors_case" in order:
        assert taken[0] == "sensors_sensor"
