import subprocess

import pytest

from tests.support.authority import make_authority
from tests.support.sensor_kit.enrolment import TLS_CRYPT_KEY
from tests.support.sensor_kit.kit import BUSYBOX, GAWK, KIT, MAWK, kit_environment

CERTIFICATE = make_authority("one").pem
KEY = "OpenVPN tls-crypt-v2 client key"


def is_taken(text: str, label: str, most: int) -> bool:
    said = set()
    for awk in (MAWK, GAWK, BUSYBOX):
        command = [*awk, "-v", f"label={label}", "-v", f"most={most}", "-f", KIT / "lib" / "pem.awk"]
        environment = kit_environment() | {"LC_ALL": "C"}
        done = subprocess.run(command, input=text, text=True, timeout=10, env=environment, check=False)
        said.add(done.returncode)
    [code] = said
    return code == 0


def test_one_and_several_of_a_kind_are_taken() -> None:
    assert is_taken(TLS_CRYPT_KEY, KEY, 1)
    assert is_taken(CERTIFICATE, "CERTIFICATE", 1)
    assert is_taken(CERTIFICATE * 4, "CERTIFICATE", 4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        CERTIFICATE * 5,
        TLS_CRYPT_KEY,
        "\n" + CERTIFICATE,
        CERTIFICATE + "\n",
        CERTIFICATE + "up /bin/sh\n",
        "up /bin/sh\n" + CERTIFICATE,
        CERTIFICATE.replace("\n", "\r\n"),
        CERTIFICATE.replace("\n", " \n"),
        CERTIFICATE.replace("\n", "\n\n"),
        CERTIFICATE[: len(CERTIFICATE) // 2],
        CERTIFICATE + CERTIFICATE[: len(CERTIFICATE) // 2],
        CERTIFICATE + "-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n" + CERTIFICATE,
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n" + "A" * 80 + "\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nA=A\n-----END CERTIFICATE-----\n",
        "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert not is_taken(text, "CERTIFICATE", 4)
