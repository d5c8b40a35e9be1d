"""What the kit sends and takes, and what the portal takes and sends, are written in two places: held together here."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from tests.support.authority import Authority
from tests.support.fleet import Fleet, fleet
from tests.support.machines_door import Machine, open_machines_door
from tests.support.sensor_kit.doors import Answer, Door
from tests.support.sensor_kit.enrolment import json_answer
from tests.support.sensor_kit.kit import Sensor, problem, write_settings
from tests.support.sensor_kit.renewal import RENEW_PATH, assert_renewed, contents, csr_of

__all__ = ["fleet"]


def csr_of_key(file: Path) -> str:
    made = subprocess.run(["openssl", "req", "-new", "-key", file, "-subj", "/CN=any"], capture_output=True, check=True)
    return made.stdout.decode()


@pytest.fixture
def portals_answer(
    fleet: Fleet, settings: Any, tmp_path: Path, sensor: Sensor, machines_door: Door, authority: Authority
) -> Any:
    """Makes the kit's sensor one of the portal's; asks its machines' door with what the kit has sent."""
    there = fleet.register()
    certificate = fleet.enrol(there, csr_of_key(sensor.directory / "client.key"))
    write_settings(sensor.directory, machines_door_url=machines_door.url, subject=there.subject, tunnel_device="lo")
    # The stub of the door has a certificate of the tests' authority, the new one comes from the portal's.
    (sensor.directory / "ca.crt").write_text(authority.pem + fleet.authority.pem)
    open_machines_door(settings, tmp_path)
    machine = Machine.with_certificate(certificate, there.address)

    def ask(body: bytes) -> Answer:
        response = machine.post(RENEW_PATH, raw=body)
        headers = (("Retry-After", response["Retry-After"]),) if "Retry-After" in response else ()
        return Answer(status=response.status_code, body=response.content, headers=headers)

    return ask


def test_the_portals_own_certificate_is_taken(sensor: Sensor, machines_door: Door, portals_answer: Any) -> None:
    before = contents(sensor.directory)
    machines_door.answers[RENEW_PATH] = [json_answer(202, {})]
    assert sensor.run("renew", "--timeout", "0").code == 12
    (sent,) = machines_door.to(RENEW_PATH)
    waiting = portals_answer(sent.body)
    assert waiting.status == 202
    sign_waiting_certificates()
    machines_door.answers[RENEW_PATH] = [waiting, portals_answer(sent.body)]
    done = sensor.run("renew")
    assert done.code == 0, done.err
    assert len({csr_of(request) for request in machines_door.requests}) == 1
    assert_renewed(sensor, before)


def test_a_request_that_the_portal_calls_faulty_is_given_up(
    sensor: Sensor, machines_door: Door, portals_answer: Any
) -> None:
    machines_door.answers[RENEW_PATH] = [problem(403, "renewal-refused")]
    assert sensor.run("renew").code == 10
    (sensor.directory / "renewal" / "client.csr").write_text("nonsense\n")
    assert sensor.run("renew").code == 10
    faulty = portals_answer(machines_door.requests[-1].body)
    assert faulty.status == 400
    machines_door.answers[RENEW_PATH] = [faulty]
    done = sensor.run("renew")
    assert "(csr-refused)" in done.err
    assert not (sensor.directory / "renewal").exists()
