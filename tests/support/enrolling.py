"""Enrolment by the people's door."""

from typing import Any

from django.test import Client

from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.models import Sensor
from tests.support.fleet import ACTOR

ENROL_PATH = "/api/v1/enrol"


def send_enrolment(code: Any, csr: Any, **headers: str) -> Any:
    return Client().post(ENROL_PATH, {"code": code, "csr": csr}, content_type="application/json", headers=headers)


def code_for(sensor: Sensor) -> str:
    return issue_sensor_code(sensor=sensor, issued_by=ACTOR)
