"""OpenVPN itself, started with whatever server.conf our list allows: it takes it, and it means nothing more by it."""

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.authority import make_authority, make_tls_crypt_server_key
from tests.support.gateway.configurations import GATEWAY
from tests.support.gateway.server_confs import server_confs

pytestmark = pytest.mark.root

HELD = "Need hold release from management interface"
# `Current Parameter Settings` of verb 4: what would start a program, load one, or leave a file behind.
PROGRAMS = [
    "auth_user_pass_verify_script",
    "chroot_dir",
    "client_connect_script",
    "client_disconnect_script",
    "down_script",
    "ipchange",
    "learn_address_script",
    "tls_export_cert",
    "tls_verify",
    "up_script",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gateway's directory, as enrolment leaves it."""
    made = tmp_path_factory.mktemp("gateway")
    authority = make_authority()
    own = authority.issue_gateway(GATEWAY)
    for name, text in (("ca.crt", authority.pem), ("gateway.crt", own.certificate), ("gateway.key", own.key)):
        (made / name).write_text(text)
        (made / name).chmod(0o600)
    make_tls_crypt_server_key(made / "tls-crypt-v2-server.key")
    for name in ("ccd", "crl"):
        (made / name).mkdir()
    return made


def read_by_openvpn(folder: Path, text: str) -> str:
    """What it says until it waits to be let go, or ends: it has read all options and files by then, and opened nothing
    but its management socket."""
    (folder / "server.conf").write_text(text)
    command = ["openvpn", "--cd", str(folder), "--config", "server.conf", "--management-hold", "--verb", "4"]
    # In a network and a process namespace that end with it.
    unshare = ["unshare", "--net", "--pid", "--fork", "--kill-child", *command]
    process = subprocess.Popen(unshare, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = ""
    try:
        assert process.stdout
        for line in process.stdout:
            said += line
            if HELD in line:
                break
    finally:
        process.kill()
        process.wait(10)
    return said


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(server_confs())
def test_openvpn_takes_all_that_the_list_allows_and_starts_no_program(folder: Path, text: str) -> None:
    said = read_by_openvpn(folder, text)
    assert HELD in said, said
    parameters = dict(re.findall(r"^\S+ \S+ us=\d+ +(\w+) = (.*)$", said, flags=re.MULTILINE))
    started = {name: parameters[name] for name in PROGRAMS if name in parameters}
    assert len(started) > 6, said
    assert set(started.values()) == {"'[UNDEF]'"}
    assert parameters["tls_client"] == "DISABLED"
    assert parameters["ccd_exclusive"] == "ENABLED"
    assert parameters["enable_c2c"] == "DISABLED"
    assert parameters["duplicate_cn"] == "DISABLED"
    assert parameters["crl_file"] == "'crl'"
    assert "WARNING" not in said.replace("WARNING: you are using user/group/chroot/setcon without persist-", "")


def test_it_does_tell_of_a_fault(folder: Path) -> None:
    assert "Unrecognized option" in read_by_openvpn(folder, "no-such-directive\n")
