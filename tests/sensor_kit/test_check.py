"""nsm-sensor check: what an installer reads. Door, disk and OpenVPN are real, the system's programs stand-ins."""

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.authority import Authority, key_pem, make_tls_crypt_client_key, make_tls_crypt_server_key
from tests.support.sensor_kit.clock import clock
from tests.support.sensor_kit.doors import Answer, Door
from tests.support.sensor_kit.kit import ADDRESS, KEY_PATH, KIT, Sensor, give, problem, wrap_program
from tests.support.waiting import wait_until

IP = f"""
case $* in
    *"route get"*) exit 0 ;;
    *"scope link"*) cat "${{0%/*}}/here" 2>/dev/null ;;
    *"route show dev"*) echo "10.88.0.0/16 proto kernel scope link src {ADDRESS}" ;;
    *address*) [ -e "${{0%/*}}/down" ] || echo "7: lo    inet {ADDRESS}/16 scope global lo" ;;
esac
exit 0
"""
SYSTEMCTL = """
[ ! -e "${0%/*}/broken" ] || ! grep -qxF -e "$*" "${0%/*}/broken" || exit 1
case $* in
    *LoadState*) echo loaded ;;
    *Requisite*docker*) [ -e "${0%/*}/ungated" ] || echo "sysinit.target nsm.mount" ;;
    *Requisite* | *--property=After*) echo "sysinit.target nsm.mount" ;;
esac
exit 0
"""
# As loaded, of whatever the box's settings are; or not at all.
NFT = """
[ ! -e "${0%/*}/open" ] || exit 1
case $* in
    *'table inet'*) echo "policy drop"; cat "${0%/*}/mark" 2>/dev/null || true ;;
esac
"""
ALL = {"clock", "certificate", "gateway", "tunnel", "networks", "disk", "key", "mount", "firewall", "units"}


class Checked:
    """A sensor that has all it needs but /nsm, which no test can mount."""

    def __init__(self, sensor: Sensor, folder: Path) -> None:
        self.sensor = sensor
        self.programs = wrap_program(folder / "programs", "ip", IP)
        wrap_program(self.programs, "systemctl", SYSTEMCTL)
        wrap_program(self.programs, "timedatectl", 'cat "${0%/*}/synchronized" 2>/dev/null || echo yes')
        wrap_program(self.programs, "journalctl", "exit 0")
        wrap_program(self.programs, "nft", NFT)
        wrap_program(self.programs, "lsblk", 'cat "${0%/*}/disks" 2>/dev/null || :')

    def load_firewall(self) -> None:
        self.note("mark", self.sensor.run("firewall", "--print", path=self.programs).out)

    def note(self, name: str, text: str = "") -> None:
        (self.programs / name).write_text(text)

    def run(self, *options: str, path: Path | None = None) -> dict[str, list[tuple[str, str]]]:
        """What was found on each subject."""
        done = self.sensor.run("check", "--json", *options, path=path or self.programs)
        report = json.loads(done.out)
        found: dict[str, list[tuple[str, str]]] = {}
        for each in report["checks"]:
            found.setdefault(each["check"], []).append((each["result"], each["text"]))
        faults = [each for each in report["checks"] if each["result"] == "fault"]
        assert (done.code, report["in_order"]) == ((30, False) if faults else (0, True)), done.err
        return found

    def fault(self, subject: str, *options: str) -> str:
        [(result, text)] = self.run(*options)[subject]
        assert result == "fault", text
        return text


@pytest.fixture
def gateway(tmp_path: Path, authority: Authority) -> Iterator[tuple[int, Path]]:
    """A real OpenVPN that has a tls-crypt-v2 key: its port, and a client's key."""
    folder = tmp_path / "gateway"
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    (folder / "key").write_text(key_pem(key))
    (folder / "crt").write_text(authority.certify("g-abcdefghij27", key.public_key(), server=True))
    (folder / "ca").write_text(authority.pem)
    make_tls_crypt_server_key(folder / "server.key")
    make_tls_crypt_client_key(server_key=folder / "server.key", path=folder / "client.key")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # It serves one at a time, and ends with each that hangs up.
    options = (
        "--tls-exit --tls-server --dev null --dh none --ca ca --cert crt --key key --tls-crypt-v2 server.key --verb 3"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["sh", "-c", f"while :; do openvpn {options} --local 127.0.0.1 --lport {port} --proto udp; done"],
            cwd=folder,
            stdout=log,
            start_new_session=True,
        )
        try:
            wait_until(lambda: "link remote" in (folder / "log").read_text(), seconds=10, what="OpenVPN listens")
            yield port, folder / "client.key"
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def checked(tmp_path: Path, sensor: Sensor, machines_door: Door, gateway: tuple[int, Path]) -> Checked:
    port, key = gateway
    (sensor.directory / "tls-crypt-v2.key").write_bytes(key.read_bytes())
    (sensor.directory / "client.conf").write_text(f"client\nremote 127.0.0.1 {port} udp\n")
    with (sensor.directory / "sensor.conf").open("a") as settings:
        settings.write(f"address={ADDRESS}\nmount_point={tmp_path}/nsm\n")
    sensor.format()
    machines_door.answers[KEY_PATH] = [give(sensor.key)]
    made = Checked(sensor, tmp_path)
    made.load_firewall()
    return made


def test_a_box_that_is_right_has_no_fault_but_the_mount_that_a_test_cannot_make(checked: Checked):
    found = checked.run()
    assert set(found) == ALL
    assert {subject for subject, said in found.items() if said[0][0] != "ok"} == {"mount"}
    assert "systemctl restart nsm-unlock.service" in found["mount"][0][1]


def test_people_read_the_same_in_words(checked: Checked):
    done = checked.sensor.run("check", "--without-key", path=checked.programs)
    lines = [re.split(r"\s+", line, maxsplit=2) for line in done.out.splitlines()]
    assert {line[1] for line in lines} == ALL - {"key"}
    assert [line[1] for line in lines if line[0] == "FAULT"] == ["mount"]


def test_a_firewall_that_is_not_loaded_or_of_other_settings_is_a_fault_and_one_that_is_off_a_note(checked: Checked):
    checked.note("open")
    assert "systemctl restart nsm-firewall.service" in checked.fault("firewall")
    (checked.programs / "open").unlink()
    conf = checked.sensor.directory / "sensor.conf"
    conf.write_text(conf.read_text() + "sniffing_interfaces=eth7\n")
    assert "of other settings" in checked.fault("firewall")
    checked.load_firewall()
    assert "eth7 sends nothing" in checked.run()["firewall"][0][1]
    conf.write_text(conf.read_text() + "firewall=off\n")
    assert checked.run()["firewall"][0][0] == "note"


def test_a_clock_that_nobody_sets_or_that_the_portal_contradicts(checked: Checked, machines_door: Door, tmp_path: Path):
    checked.note("synchronized", "no\n")
    assert "UDP 123" in checked.fault("clock")
    settings = checked.sensor.directory / "sensor.conf"
    settings.write_text(f"portal_url={machines_door.url}\n{settings.read_text()}")
    wrap_program(checked.programs, "curl", 'case $* in *--head*) echo "Date: Thu, 01 Jan 2026 00:00:00 GMT" ;; esac')
    assert "the portal 2026-01-01T00:00:00Z: set the clock" in checked.fault("clock")


def test_a_gateway_behind_a_firewall_is_a_fault_and_beside_another_way_a_note(checked: Checked):
    configuration = checked.sensor.directory / "client.conf"
    good = configuration.read_text()
    wrap_program(checked.programs, "openvpn", 'case $* in *" 9 udp "*) exit 1 ;; esac\nexec $REAL "$@"')
    configuration.write_text("client\nremote 127.0.0.1 9 udp\n")
    assert "does not answer on udp port 9" in checked.fault("gateway")
    configuration.write_text(f"{good}remote 127.0.0.1 9 udp\n")
    assert [result for result, _ in checked.run()["gateway"]] == ["ok", "note"]
    configuration.write_text("client\nremote no-such-name.invalid 1194 udp\n")
    assert "no DNS at this site" in checked.fault("gateway")


def test_a_gateway_with_another_key_does_not_answer_for_real(checked: Checked, tmp_path: Path):
    """So an answer is the gateway's. The patience is cut short, as nothing else would come of it."""
    make_tls_crypt_server_key(tmp_path / "other")
    make_tls_crypt_client_key(server_key=tmp_path / "other", path=checked.sensor.directory / "tls-crypt-v2.key")
    wrap_program(checked.programs, "openvpn", 'exec timeout 2 $REAL "$@"')
    assert "the site's firewall" in checked.fault("gateway")


def test_an_address_on_the_device_is_no_proof(checked: Checked, machines_door: Door):
    machines_door.answers["/v1/heartbeat"] = [Answer(status=503)]
    assert "but base does not answer" in checked.fault("tunnel")
    checked.note("down")
    assert "it is down" in checked.fault("tunnel")


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("10.88.4.0/24 dev eth0", "overlaps with the tunnel's network 10.88.0.0/16"),
        ("127.0.0.0/24 dev eth0", "overlaps with base, 127.0.0.1"),
        ("10.0.0.0/8 dev docker0", "10.0.0.0/8 on docker0 overlaps"),
    ],
)
def test_a_site_inside_the_underlay_or_base(checked: Checked, network: str, words: str):
    checked.note("here", f"192.168.1.0/24 dev eth1 proto kernel\n{network} proto kernel scope link\n")
    assert words in checked.fault("networks")


def test_a_key_that_base_holds_back_or_that_does_not_open(checked: Checked, machines_door: Door):
    machines_door.answers[KEY_PATH] = [problem(423, "new-network")]
    assert checked.fault("key") == "base holds the disk key back (new-network)"
    machines_door.answers[KEY_PATH] = [give(b"x" * 64)]
    assert "does not open" in checked.fault("key")
    machines_door.requests.clear()
    assert "key" not in checked.run("--without-key")
    assert machines_door.to(KEY_PATH) == []


def test_a_disk_that_is_not_there(checked: Checked):
    checked.sensor.disk.unlink()
    assert "is it in its slot" in checked.fault("disk")


def test_a_kernels_name_of_a_disk_is_not_kept(checked: Checked, tmp_path: Path):
    script = f"""
LIBRARY={KIT}/lib DIRECTORY={tmp_path} disk_word=locked disk_device=/dev/sdb disk_uuid=
tell() {{ echo "$@"; }}
. $LIBRARY/check_box.sh
check_disk_name
disk_device=/dev/disk/by-id/ata-1; check_disk_name
disk_device=/dev/sdb disk_uuid=0; check_disk_name
"""
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line.split()[0] for line in said] == ["fault", "ok", "ok"]


def test_units_that_do_not_start_and_services_that_do_not_wait(checked: Checked):
    checked.note("broken", "--quiet is-enabled nsm-unlock.service\n--quiet is-active nsm-renew.timer\n")
    text = checked.fault("units")
    assert "systemctl enable --now nsm-unlock.service" in text
    assert "nsm-renew.timer does not run" in text
    checked.note("ungated")
    assert "docker.service does not wait for /nsm" in checked.fault("captures")


def test_disks_in_the_clear_are_for_people_to_judge(checked: Checked):
    checked.note(
        "disks",
        'NAME="sda1" TYPE="part" FSTYPE="ext4" MOUNTPOINT="/"\n'
        'NAME="sdb" TYPE="disk" FSTYPE="crypto_LUKS" MOUNTPOINT=""\n'
        'NAME="sdc1" TYPE="part" FSTYPE="xfs" MOUNTPOINT="/data"\n',
    )
    [(result, text)] = checked.run()["disks"]
    assert (result, "sdc1 (xfs, on /data)" in text, "sda1" in text) == ("note", True, False)


def test_a_certificate_that_is_not_for_the_key_and_a_clock_before_it(checked: Checked, tmp_path: Path):
    early = clock(tmp_path, -20000)
    for program in checked.programs.iterdir():
        if not (early / program.name).exists():
            (early / program.name).symlink_to(program)
    assert "clock is wrong" in checked.run(path=early)["certificate"][0][1]
    (checked.sensor.directory / "client.key").write_text(key_pem(ec.generate_private_key(ec.SECP256R1())))
    assert "not for the key beside it" in checked.fault("certificate")


def test_a_box_that_is_not_enrolled_is_told_so(checked: Checked):
    (checked.sensor.directory / "sensor.conf").unlink()
    done = checked.sensor.run("check")
    assert (done.code, "enrol this sensor first" in done.err) == (3, True)
