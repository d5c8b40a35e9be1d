import json
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .doors import Answer, Door, Request, open_door
from .enrolment import (
    CODE,
    ENROL_PATH,
    OPENVPN_CONFIG,
    TLS_CRYPT_KEY,
    json_answer,
    other_public_key,
    public_bytes,
    sign,
)
from .kit import ADDRESS, NSM_SENSOR, PROBLEM, SUBJECT, Outcome, kit_environment, run_kit, wrap_program
from .pki import Authority, make_authority

NOT_YET = json_answer(202, {}, ("Retry-After", "1"))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "sensor"


def enrol(directory: Path, portal: Door, *options: str, code: str = CODE, path: Path | None = None) -> Outcome:
    ca_file = directory.parent / "public-ca.crt"
    ca_file.write_text(make_authority("public").pem)
    arguments = ["--portal", portal.url, "--ca-file", str(ca_file), "--code-file", "-", *options]
    return run_kit(directory, "enrol", *arguments, stdin=code + "\n", path=path)


def test_it_waits_for_the_signer_and_stores_all_that_the_tunnel_needs(
    directory: Path, portal: Door, authority: Authority
) -> None:
    portal.answers[ENROL_PATH] = [NOT_YET, lambda request: sign(authority, request)]
    done = enrol(directory, portal)
    assert done.code == 0, done.err
    assert f"enrolled as {SUBJECT} with address {ADDRESS}" in done.out
    first, second = portal.requests
    assert first.body == second.body
    assert second.at - first.at >= 1
    assert json.loads(first.body)["code"] == CODE
    assert (directory / "client.conf").read_text() == OPENVPN_CONFIG
    assert (directory / "tls-crypt-v2.key").read_text() == TLS_CRYPT_KEY
    assert (directory / "ca.crt").read_text() == authority.pem
    assert not (directory / "enrolment").exists()
    assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {0o600}
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    key = serialization.load_pem_private_key((directory / "client.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    certificate = x509.load_pem_x509_certificate((directory / "client.crt").read_bytes())
    assert public_bytes(key.public_key()) == public_bytes(certificate.public_key())
    settings = (directory / "sensor.conf").read_text().splitlines()
    assert "machines_door_url=https://10.88.0.1:8443" in settings
    assert "tunnel_device=tun0" in settings
