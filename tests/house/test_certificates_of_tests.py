"""What tests sign must do where certificates are read strictly: in Python from 3.13 on, by default."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.authority import make_authority


def of_the_gateway() -> tuple[str, list[str]]:
    made = make_authority()
    certificates = [made.issue("door", server=True), made.issue("s-abcdefghijkl"), made.issue_gateway("g-abcdefghijkl")]
    return made.pem, [each.certificate for each in certificates]


def of_the_sensor_kit() -> tuple[str, list[str]]:
    made, key = make_authority("provider"), ec.generate_private_key(ec.SECP256R1()).public_key()
    return made.pem, [made.certify("door", key, server=True), made.certify("s-abcdefghijkl", key)]


@pytest.mark.live
@pytest.mark.parametrize("make", [of_the_gateway, of_the_sensor_kit])
def test_a_strict_reader_takes_what_tests_sign(make: Callable[[], tuple[str, list[str]]], tmp_path: Path):
    authority, certificates = make()
    (tmp_path / "ca.crt").write_text(authority)
    for index, pem in enumerate(certificates):
        (tmp_path / f"{index}.crt").write_text(pem)
    files = [f"{index}.crt" for index in range(len(certificates))]
    command = ["openssl", "verify", "-x509_strict", "-CAfile", "ca.crt", *files]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [f"{file}: OK" for file in files], done.stderr
