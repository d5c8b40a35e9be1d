import json
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pki.authority.x509 import is_signed_by, renewal_message
from tests.support.authority import Authority
from tests.support.sensor_kit.doors import Answer, Door
from tests.support.sensor_kit.enrolment import json_answer
from tests.support.sensor_kit.kit import (
    SUBJECT,
    Sensor,
    give,
    log_calls,
    problem,
    run_kit,
    wrap_program,
    write_settings,
)
from tests.support.sensor_kit.renewal import RENEW_PATH, Base, assert_renewed, contents, csr_of


def der_of(path: Path) -> bytes:
    return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(serialization.Encoding.DER)


def test_it_waits_for_the_signer_and_puts_a_new_pair_in_place(
    sensor: Sensor, machines_door: Door, authority: Authority
) -> None:
    before, shown = contents(sensor.directory), der_of(sensor.directory / "client.crt")
    machines_door.answers[RENEW_PATH] = [Base(authority, waits=1)]
    done = sensor.run("renew")
    assert done.code == 0, done.err
    assert "nsm-sensor renew --prove" in done.out
    first, second = machines_door.to(RENEW_PATH)
    assert first.body == second.body
    assert second.at - first.at >= 1
    assert {first.client, second.client} == {shown}, "it asks with the certificate of now"
    assert_renewed(sensor, before)


def test_base_knows_the_sensor_by_the_new_certificate_from_then_on(
    sensor: Sensor, machines_door: Door, authority: Authority
) -> None:
    sensor.format()
    machines_door.answers[RENEW_PATH] = [Base(authority)]
    machines_door.answers["/v1/disk-key"] = [give(sensor.key)]
    assert sensor.run("renew").code == 0
    assert sensor.run("unlock", "--test", "--once").code == 0
    assert machines_door.to("/v1/disk-key")[0].client == der_of(sensor.directory / "client.crt")


def test_each_renewal_is_with_another_p256_key_that_stays_here(
    sensor: Sensor, machines_door: Door, authority: Authority, tmp_path: Path
) -> None:
    machines_door.answers[RENEW_PATH] = [Base(authority)]
    programs = tmp_path / "programs"
    for name in ("curl", "openssl", "awk", "cat", "mv", "sync", "date", "flock"):
        spy = f'tr "\\0" "\\n" </proc/self/environ >>{programs}/seen; echo "$@" >>{programs}/seen'
        wrap_program(programs, name, f'{spy}\nexec $REAL "$@"')
    keys = []
    for _ in range(2):
        assert sensor.run("renew", path=programs).code == 0
        pem = (sensor.directory / "client.key").read_bytes()
        key = serialization.load_pem_private_key(pem, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        assert key.curve.name == "secp256r1"
        keys.append(pem)
    assert keys[0] != keys[1]
    seen = (programs / "seen").read_bytes()
    assert b"--data-binary @-" in seen
    sent = b"".join(request.body for request in machines_door.requests)
    for line in (line for pem in keys for line in pem.splitlines() if b"-----" not in line):
        assert line not in seen + sent
    for request in machines_door.requests:
        assert b"PRIVATE" not in request.body
        assert set(json.loads(request.body)) == {"csr", "proof"}
        assert x509.load_pem_x509_csr(json.loads(request.body)["csr"].encode()).is_signature_valid


def test_the_request_is_signed_with_the_key_of_now(sensor: Sensor, machines_door: Door, authority: Authority) -> None:
    machines_door.answers[RENEW_PATH] = [Base(authority, waits=1)]
    for _ in range(2):
        now = x509.load_pem_x509_certificate((sensor.directory / "client.crt").read_bytes())
        assert sensor.run("renew").code == 0
        sent = json.loads(machines_door.requests[-1].body)
        message = renewal_message(subject=SUBJECT, csr=sent["csr"])
        assert is_signed_by(now, message=message, proof=sent["proof"])


def test_without_a_key_of_now_nothing_is_asked(sensor: Sensor, machines_door: Door) -> None:
    (sensor.directory / "client.key").write_text("no key\n")
    done = sensor.run("renew")
    assert done.code == 1
    assert "could not be signed" in done.err
    assert machines_door.requests == []


def test_it_asks_from_the_tunnels_device_and_neither_restarts_nor_signals_anything(
    sensor: Sensor, machines_door: Door, authority: Authority, tmp_path: Path
) -> None:
    machines_door.answers[RENEW_PATH] = [Base(authority)]
    programs = wrap_program(tmp_path / "programs", "curl", f'{log_calls("curl")}\nexec $REAL "$@"')
    for name in ("systemctl", "pkill", "killall", "openvpn"):
        wrap_program(programs, name, log_calls(name))
    assert sensor.run("renew", path=programs).code == 0
    (call,) = (programs / "calls").read_text().splitlines()
    assert call.startswith("curl ")
    assert "--interface if!lo " in call


@pytest.mark.parametrize(
    ("status", "reason", "keys"),
    [(400, "csr-refused", 2), (403, "proof-refused", 2), (403, "renewal-refused", 1), (403, "certificate-refused", 1)],
)
def test_a_refusal_names_its_reason_and_only_a_request_at_fault_is_given_up(
    sensor: Sensor, machines_door: Door, status: int, reason: str, keys: int
) -> None:
    before = contents(sensor.directory)
    machines_door.answers[RENEW_PATH] = [problem(status, reason)]
    done = sensor.run("renew")
    assert done.code == 10
    assert f"({reason})" in done.err
    assert contents(sensor.directory) == before
    assert sensor.run("renew").code == 10
    assert len({csr_of(request) for request in machines_door.to(RENEW_PATH)}) == keys
    kept = [stat.S_IMODE(key.stat().st_mode) for key in sensor.directory.glob("renewal/client.key")]
    assert kept == ([0o600] if keys == 1 else [])


def test_a_refusal_that_is_taken_back_is_followed_by_a_renewal_with_the_same_key(
    sensor: Sensor, machines_door: Door, authority: Authority
) -> None:
    before = contents(sensor.directory)
    machines_door.answers[RENEW_PATH] = [problem(403, "renewal-refused"), Base(authority)]
    assert sensor.run("renew").code == 10
    assert sensor.run("renew").code == 0
    assert len({csr_of(request) for request in machines_door.requests}) == 1
    assert_renewed(sensor, before)


@pytest.mark.parametrize(
    "answer",
    [Answer(silent=60), Answer(status=502), Answer(status=200), json_answer(202, {}, ("Retry-After", "1"))],
    ids=["silent", "502", "200", "never signed"],
)
def test_without_a_usable_answer_it_gives_up_in_time_and_keeps_the_key(
    sensor: Sensor, machines_door: Door, authority: Authority, answer: Answer
) -> None:
    before = contents(sensor.directory)
    machines_door.answers[RENEW_PATH] = [answer]
    done = sensor.run("renew", "--timeout", "2")
    assert done.code == 12
    assert "run the same command again" in done.err
    assert done.seconds < 12
    assert contents(sensor.directory) == before
    machines_door.answers[RENEW_PATH] = [Base(authority)]
    assert sensor.run("renew").code == 0
    assert len({csr_of(request) for request in machines_door.requests}) == 1


@pytest.mark.parametrize(("retry", "seconds"), [("0", "1"), ("999999", "60")])
def test_how_long_to_wait_is_bases_to_say_within_a_minute(
    sensor: Sensor, machines_door: Door, authority: Authority, tmp_path: Path, retry: str, seconds: str
) -> None:
    machines_door.answers[RENEW_PATH] = [json_answer(202, {}, ("Retry-After", retry)), Base(authority)]
    programs = wrap_program(tmp_path / "programs", "sleep", log_calls("sleep"))
    done = sensor.run("renew", path=programs)
    assert done.code == 0, done.err
    (call,) = (programs / "calls").read_text().splitlines()
    assert int(seconds) <= float(call.removeprefix("sleep ")) <= int(seconds) * 1.25


def test_a_sensor_that_is_not_enrolled_is_told_so_and_nothing_is_made(directory: Path) -> None:
    assert run_kit(directory, "renew").code == 3
    assert run_kit(directory, "renew", "--finish").code == 0
    assert not directory.exists()


@pytest.mark.parametrize("missing", ["subject", "machines_door_url"])
def test_settings_that_lack_what_it_needs_are_exit_code_3(sensor: Sensor, machines_door: Door, missing: str) -> None:
    settings = {"subject": "s-abcdefghij27", "machines_door_url": machines_door.url}
    del settings[missing]
    write_settings(sensor.directory, **settings)
    done = sensor.run("renew")
    assert done.code == 3
    assert missing in done.err
    assert machines_door.requests == []
