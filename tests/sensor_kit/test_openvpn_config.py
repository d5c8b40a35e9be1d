import subprocess

import pytest

from .enrolment import OPENVPN_CONFIG
from .kit import KIT, kit_environment


def check(config: bytes) -> tuple[bool, str]:
    done = subprocess.run(
        ["awk", "-f", KIT / "lib" / "openvpn_config.awk"],
        input=config,
        capture_output=True,
        timeout=10,
        env=kit_environment() | {"LC_ALL": "C"},
        check=False,
    )
    return done.returncode == 0, done.stderr.decode()


def test_a_plain_client_is_taken() -> None:
    assert check(OPENVPN_CONFIG.encode()) == (True, "")


@pytest.mark.parametrize(
    "line",
    [
        b"up /bin/sh",
        b"--up /bin/sh",
        b"  up /bin/sh",
        b"\tup\t/bin/sh",
        b'"up" /bin/sh',
        b"'up' /bin/sh",
        b"\\up /bin/sh",
        b"u\\p /bin/sh",
        b"UP /bin/sh",
        b"down /bin/sh",
        b"route-up /bin/sh",
        b"ipchange /bin/sh",
        b"tls-verify /bin/sh",
        b"iproute /bin/sh",
        b"script-security 2",
        b"plugin /tmp/evil.so",
        b"engine evil",
        b"providers /tmp/evil.so",
        b"pkcs11-providers /tmp/evil.so",
        b"config /tmp/more",
        b"cd /tmp",
        b"chroot /tmp",
        b"daemon",
        b"log /etc/passwd",
        b"log-append /etc/passwd",
        b"status /etc/passwd",
        b"writepid /etc/passwd",
        b"management 0.0.0.0 7505",
        b"management-external-key",
        b"auth-user-pass /etc/shadow",
        b"askpass /etc/shadow",
        b"setenv LD_PRELOAD /tmp/evil.so",
        b"tls-export-cert /tmp",
        b"tmp-dir /tmp",
        b"http-proxy-option CUSTOM-HEADER x",
        b"route 0.0.0.0 0.0.0.0",
        b"redirect-gateway def1",
        b"ca /etc/ssl/certs/ca-certificates.crt",
        b"ca ca.crt /bin/sh",
        b"key ../client.key",
        b"dev tap0",
        b"dev ../../x",
        b"remote-cert-tls client",
        b"remote 198.51.100.7 1194 udp\x0bup /bin/sh",
        b"verb 3\rup /bin/sh",
        b"verb 3; up /bin/sh",
        b"verb $(reboot)",
        b"verb",
        b"client up",
        b"<ca>",
        b"<connection>",
        b"\xef\xbb\xbfup /bin/sh",
        b"verb 3\0up /bin/sh",
        b"#" + b" " * 254 + b"up /bin/sh",
        b"verb 3" + b" " * 254 + b"up /bin/sh",
        b"# caf\xc3\xa9",
    ],
    ids=repr,
)
@pytest.mark.parametrize("place", ["first", "last"])
def test_a_line_that_could_do_harm_is_refused(line: bytes, place: str) -> None:
    config = OPENVPN_CONFIG.encode()
    taken, why = check(line + b"\n" + config if place == "first" else config + line)
    assert not taken
    assert why.startswith("line ")


@pytest.mark.parametrize(
    "name", ["client", "dev", "remote", "ca", "cert", "key", "tls-crypt-v2", "remote-cert-tls", "verify-x509-name"]
)
def test_a_line_that_the_tunnels_safety_needs_may_not_be_missing(name: str) -> None:
    lines = [line for line in OPENVPN_CONFIG.splitlines() if line.split()[0] != name]
    taken, why = check("\n".join(lines).encode())
    assert not taken
    assert name in why
