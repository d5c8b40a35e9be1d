import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509

from tests.support.authority import Authority, key_pem, make_authority
from tests.support.sensor_kit.doors import Answer, Door, Request
from tests.support.sensor_kit.enrolment import json_answer, other_public_key
from tests.support.sensor_kit.kit import SUBJECT, Sensor
from tests.support.sensor_kit.renewal import RENEW_PATH, Base, assert_renewed, contents, csr_of


def certify(pem: str) -> Answer:
    return json_answer(201, {"certificate": pem, "chain": make_authority("provider").pem})


def as_a_server(request: Request) -> Answer:
    key = x509.load_pem_x509_csr(json.loads(request.body)["csr"].encode()).public_key()
    return certify(make_authority("provider").certify(SUBJECT, key, server=True))


WRONG: dict[str, Answer | Callable[[Request], Answer]] = {
    "another key": certify(make_authority("provider").certify(SUBJECT, other_public_key())),
    "another subject": Base(make_authority("provider"), name="s-aaaaaaaaaaaa"),
    "a longer subject": Base(make_authority("provider"), name=SUBJECT + "2"),
    "another authority, which it sends along": Base(make_authority("stranger")),
    "another authority of the same name": Base(
        Authority(make_authority("provider").certificate, make_authority("x").key)
    ),
    "expired": Base(make_authority("provider"), days=-1),
    "for a server": as_a_server,
    "no certificate": json_answer(201, {"chain": make_authority("provider").pem}),
    "null": json_answer(201, {"certificate": None}),
    "nonsense": certify("nonsense"),
    "an object in its place": json_answer(201, {"certificate": {"certificate": "x"}}),
    **{repr(body): Answer(status=201, body=body) for body in (b"", b"{", b"[]", b"<html>", b"\0" * 100)},
}


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
def test_an_answer_that_is_not_right_changes_nothing(
    sensor: Sensor, machines_door: Door, answer: Answer | Callable[[Request], Answer]
) -> None:
    before = contents(sensor.directory)
    machines_door.answers[RENEW_PATH] = [answer]
    done = sensor.run("renew")
    assert done.code == 17, done.err
    assert "was not taken" in done.err
    assert contents(sensor.directory) == before
    assert sensor.run("renew", "--finish").code == 0
    assert contents(sensor.directory) == before


def test_an_authority_that_the_box_trusts_for_web_pages_is_not_base(
    sensor: Sensor, machines_door: Door, tmp_path: Path
) -> None:
    """openssl verify adds the system's authorities to those it is given, unless told not to."""
    stranger = make_authority("stranger")
    trusted = tmp_path / "trusted"
    trusted.mkdir()
    (trusted / "stranger.pem").write_text(stranger.pem)
    subprocess.run(["openssl", "rehash", trusted], check=True)
    before = contents(sensor.directory)
    machines_door.answers[RENEW_PATH] = [Base(stranger)]
    done = sensor.run("renew", environment={"SSL_CERT_DIR": str(trusted)})
    assert done.code == 17, done.err
    assert contents(sensor.directory) == before


def test_what_came_with_the_certificate_is_not_stored(
    sensor: Sensor, machines_door: Door, authority: Authority
) -> None:
    def answer(request: Request) -> Answer:
        key = x509.load_pem_x509_csr(json.loads(request.body)["csr"].encode()).public_key()
        more = make_authority("stranger")
        return certify("# words\n" + authority.certify(SUBJECT, key) + more.pem + key_pem(more.key))

    before = contents(sensor.directory)
    machines_door.answers[RENEW_PATH] = [answer]
    assert sensor.run("renew").code == 0
    assert_renewed(sensor, before)
    stored = (sensor.directory / "client.crt").read_text()
    assert stored.startswith("-----BEGIN CERTIFICATE-----\n")
    assert stored.count("-----BEGIN") == 1


def test_after_an_answer_that_was_not_taken_the_next_request_is_another(
    sensor: Sensor, machines_door: Door, authority: Authority
) -> None:
    """Base answers the same request the same way for ever, so a box that was off for a year would never renew."""
    expired, before = Base(authority, days=-1), contents(sensor.directory)
    machines_door.answers[RENEW_PATH] = [expired, Base(authority)]
    assert sensor.run("renew").code == 17
    assert sensor.run("renew").code == 0
    assert len({csr_of(request) for request in machines_door.requests}) == 2
    assert_renewed(sensor, before)
