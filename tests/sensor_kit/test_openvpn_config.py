import re
import subprocess
from pathlib import Path

import pytest

from gateway.state.openvpn_forms import CIPHERS, GROUPS
from sensors.artifacts.openvpn import client_conf
from sensors.models.gateway import LONGEST_HOST_BY_TCP
from tests.support.sensor_kit.enrolment import OPENVPN_CONFIG
from tests.support.sensor_kit.kit import BUSYBOX, GAWK, KIT, MAWK, kit_environment
from tests.support.sensors.artifact_facts import gateway_facts, sensor_facts


def ask(awk: tuple[str, ...], config: bytes) -> tuple[bool, str]:
    done = subprocess.run(
        [*awk, "-f", KIT / "lib" / "openvpn_config.awk"],
        input=config,
        capture_output=True,
        timeout=10,
        env=kit_environment() | {"LC_ALL": "C"},
        check=False,
    )
    return done.returncode == 0, done.stderr.decode()


def check(config: bytes) -> tuple[bool, str]:
    """What they all say; that they say the same is a part of it."""
    awks = [MAWK, GAWK] if b"\0" in config else [MAWK, GAWK, BUSYBOX]
    [said] = {ask(awk, config) for awk in awks}
    return said


def with_instead(line: str) -> bytes:
    name = line.split()[0]
    kept = [one for one in OPENVPN_CONFIG.splitlines() if one.split()[0] != name or name == "pull-filter"]
    return "\n".join([*kept, line, ""]).encode()


def test_a_plain_client_is_taken() -> None:
    assert check(OPENVPN_CONFIG.encode()) == (True, "")


def test_what_the_portal_makes_is_taken() -> None:
    for host in ("vpn.example.org", "198.51.100.1", "2001:db8::1", "x" * 230):
        facts = sensor_facts(gateway=gateway_facts(host=host))
        assert check(client_conf(facts).encode()) == (True, "")
    for host in ("vpn.example.org", "198.51.100.1", "2001:db8::1", "x" * LONGEST_HOST_BY_TCP):
        facts = sensor_facts(gateway=gateway_facts(host=host, tcp_port=65535))
        assert check(client_conf(facts).encode()) == (True, "")


@pytest.mark.parametrize(
    "line",
    [
        "remote vpn.example.org 443 tcp-client",
        "proto udp6",
        "mssfix 1400",
        "connect-retry 5",
        "verb 4",
        "tls-cert-profile suiteb",
        *(f"data-ciphers {cipher}" for cipher in sorted(CIPHERS)),
        *(f"tls-groups {group}" for group in sorted(GROUPS)),
        f"tls-groups {':'.join(sorted(GROUPS))}",
    ],
)
def test_the_values_of_the_list_are_taken(line: str) -> None:
    """The lists of ciphers and groups are the agent's own, written here a second time: the two stay the same."""
    assert check(with_instead(line)) == (True, "")


def test_several_ways_to_the_gateway_may_be_named_but_not_without_end() -> None:
    more = "".join(f"remote 198.51.100.{number} 1194\n" for number in range(1, 4))
    assert check((OPENVPN_CONFIG + more).encode()) == (True, "")
    taken, why = check((OPENVPN_CONFIG + more + "remote 198.51.100.9 1194\n").encode())
    assert not taken
    assert "too often" in why


def test_every_directive_that_openvpn_knows_is_on_the_list_or_refused() -> None:
    """The words behind it are none that any directive may have."""
    told = subprocess.run(["openvpn", "--help"], capture_output=True, text=True, timeout=10, check=False).stdout
    known = sorted(set(re.findall(r"^--([a-z0-9-]+)", told, flags=re.MULTILINE)))
    assert len(known) > 200
    for name in known:
        taken, why = ask(GAWK, with_instead(f"{name} none-of-these"))
        assert not taken, name
        assert name in why


def is_plain_text(path: Path, content: bytes) -> bool:
    path.write_bytes(content)
    script = f'. {KIT}/lib/tunnel_answer.sh; is_plain_text "$1"'
    return subprocess.run(["sh", "-c", script, "sh", path], env=kit_environment(), check=False).returncode == 0


def test_what_an_awk_may_not_see_is_seen_before(tmp_path: Path) -> None:
    assert is_plain_text(tmp_path / "text", b"verb 3\n\t#\n")
    for content in (b"verb 3\0up /bin/sh\n", "# caf\u00e9\n".encode(), b"verb 3\r\n", b"\x7f"):
        assert not is_plain_text(tmp_path / "text", content)


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
        b"verb 3",
        b"pull-filter accept redirect-gateway",
        b'pull-filter  accept "route "',
        b'pull-filter accept "route " # more',
        b'pull-filter accept "redirect-gateway"',
        b'pull-filter accept "r"',
        b'pull-filter accept ""',
        b'pull-filter reject ""',
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
    "name",
    [
        "client",
        "dev",
        "remote",
        "ca",
        "cert",
        "key",
        "tls-crypt-v2",
        "tls-version-min",
        "remote-cert-tls",
        "verify-x509-name",
        "pull-filter",
    ],
)
def test_a_line_that_the_tunnels_safety_needs_may_not_be_missing(name: str) -> None:
    lines = [line for line in OPENVPN_CONFIG.splitlines() if line.split()[0] != name]
    taken, why = check("\n".join(lines).encode())
    assert not taken
    assert name in why
