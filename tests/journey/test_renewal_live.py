"""A box renews its certificate through its own tunnel: real OpenVPN, portal, signer and agent.

Each test builds on those before it. There is no systemd in the laboratory: the commands of nsm-renew.service are read
from the unit, and a stand-in for systemctl restarts the tunnel as nsm-tunnel.service would.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from lab.laboratory import Laboratory
from lab.processes import MINIMAL_ENVIRONMENT
from lab.sensors import KitAnswer, SensorBox
from lab.theft import Theft, handshakes
from lab.waiting import wait_until
from tests.support.authority import key_pem, make_authority
from tests.support.sensor_kit.kit import KIT, SUBJECT

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("journey")]

CHANGED = "gateway.crt changed since OpenVPN was started"
AGENT = (sys.executable, "-m", "gateway")
RENEWING, STOLEN, OTHERS = "a1", "a2", ("b1", "b2")
SIXTY_ONE_DAYS = 61 * 86400

SYSTEMCTL = """\
#!/bin/sh
# OpenVPN ends; then what its unit does before it starts again. The laboratory starts it a second later.
[ "$*" = "try-restart nsm-tunnel.service" ] || exit 1
{kit} --directory {directory} renew --finish
for pid in $(ip netns pids {namespace}); do
    [ "$(cat /proc/$pid/comm 2>/dev/null)" = openvpn ] || continue
    kill "$pid"
    while [ -e "/proc/$pid" ]; do sleep 0.05; done
done
"""
DATE = """\
#!/bin/sh
[ "$*" = +%s ] || exec {real} "$@"
echo $(($({real} +%s) + {ahead}))
"""


class Unit:
    """nsm-renew.service on one box, whose clock may be ahead and whose seconds may be short."""

    def __init__(self, box: SensorBox, folder: Path) -> None:
        self._box = box
        self._programs = folder / f"programs-{box.name}"
        self._programs.mkdir(exist_ok=True)
        kit = KIT / "nsm-sensor"
        self._write("systemctl", SYSTEMCTL.format(kit=kit, directory=box.directory, namespace=box.host.name))

    def run(self, *, ahead: int = 0) -> list[KitAnswer]:
        """Its commands in turn, up to the first that fails."""
        self._write("date", DATE.format(real=shutil.which("date"), ahead=ahead))
        answers: list[KitAnswer] = []
        for line in (KIT / "systemd" / "nsm-renew.service").read_text().splitlines():
            if line.startswith("ExecStart=/usr/bin/nsm-sensor "):
                answers.append(self.kit(*line.split()[1:]))
                if answers[-1].status != 0:
                    break
        return answers

    def kit(self, *arguments: str) -> KitAnswer:
        command = [str(KIT / "nsm-sensor"), "--directory", str(self._box.directory), *arguments]
        done = subprocess.run(
            self._box.host.enter(command),
            env={**MINIMAL_ENVIRONMENT, "PATH": f"{self._programs}:{MINIMAL_ENVIRONMENT['PATH']}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        return KitAnswer(done.returncode, done.stdout.strip())

    def shorten_seconds(self) -> None:
        """A trial of two minutes takes half of one. The tunnel needs two seconds to come up."""
        self._write("sleep", f'#!/bin/sh\n[ "$1" != 1 ] || set -- 0.2\nexec {shutil.which("sleep")} "$@"\n')

    def _write(self, name: str, script: str) -> None:
        (self._programs / name).write_text(script)
        (self._programs / name).chmod(0o755)


@pytest.fixture
def unit(laboratory: Laboratory, tmp_path: Path) -> Unit:
    return Unit(laboratory.sensors[RENEWING], tmp_path)


def serial_in_use(box: SensorBox) -> int:
    return x509.load_pem_x509_certificate((box.directory / "client.crt").read_bytes()).serial_number


def pair_of(box: SensorBox) -> tuple[bytes, bytes]:
    return (box.directory / "client.key").read_bytes(), (box.directory / "client.crt").read_bytes()


def status_of(box: SensorBox) -> dict[str, Any]:
    return dict(json.loads(box.kit("status", "--json").output))


def ask_portal(laboratory: Laboratory, expression: str) -> Any:
    """The value of an expression over the portal's certificates and releases."""
    script = (
        "import json; from pki.models import Certificate;"
        "from sensors.models import CertificateRequest, DiskKeyRelease, GatewayContact;"
        f"print(json.dumps({expression}))"
    )
    return json.loads(laboratory.portal.manage("shell", "--verbosity", "0", "-c", script))


def certificates_of(laboratory: Laboratory, box: SensorBox) -> set[int]:
    query = f"list(Certificate.objects.filter(subject={box.subject!r}).values_list('serial', flat=True))"
    return {int(serial) for serial in ask_portal(laboratory, query)}


def assert_nobody_else_noticed(laboratory: Laboratory, *names: str) -> None:
    reached = laboratory.sensors_that_base_reaches()
    for name in names:
        box = laboratory.sensors[name]
        assert reached[name], name
        assert handshakes(box) == 1, name
        assert box.openvpn is not None
        log = box.openvpn.log.read_text()
        assert "Restart" not in log, name
        assert "SIGUSR1" not in log, name


def test_a_certificate_of_today_is_left_alone(laboratory: Laboratory, unit: Unit):
    box = laboratory.sensors[RENEWING]
    box.format_disk()
    pair = pair_of(box)
    answers = unit.run()
    assert [answer.status for answer in answers] == [0, 0, 0], answers
    assert answers[1].output.startswith("not due: ")
    assert pair_of(box) == pair
    assert handshakes(box) == 1
    assert status_of(box)["certificate_state"] == "good"


def test_two_months_later_the_box_renews_and_its_tunnel_comes_up_with_the_new_certificate(
    laboratory: Laboratory, unit: Unit, capsys: pytest.CaptureFixture[str]
):
    box = laboratory.sensors[RENEWING]
    before, old_key = serial_in_use(box), pair_of(box)[0]
    start = time.monotonic()
    answers = unit.run(ahead=SIXTY_ONE_DAYS)
    seconds = time.monotonic() - start
    assert [answer.status for answer in answers] == [0, 0, 0], answers
    assert "came up with the renewed certificate" in answers[2].output
    assert serial_in_use(box) != before
    assert pair_of(box)[0] != old_key
    assert certificates_of(laboratory, box) == {before, serial_in_use(box)}
    assert handshakes(box) == 2
    assert box.is_connected(), "at the address that it had before"
    assert laboratory.ping("base", box.address)
    assert not (box.directory / "previous").exists(), "so the tunnel has no other certificate to be up with"
    report = status_of(box)
    assert (report["renewal_on_trial"], report["last_renewal"]["exit_code"]) == (False, 0)
    with capsys.disabled():
        print(f"\n    renewed, and the tunnel up again: {seconds:.1f} s")


def test_it_gets_its_disk_key_with_the_new_certificate(laboratory: Laboratory):
    box = laboratory.sensors[RENEWING]
    assert "the key open" in box.prove_unlock()
    releases = f"DiskKeyRelease.objects.filter(sensor__subject={box.subject!r}).order_by('pk')"
    serial, outcome = ask_portal(laboratory, f"list({releases}.values_list('serial', 'outcome'))")[-1]
    assert (int(serial), outcome) == (serial_in_use(box), "released")


def test_nobody_else_noticed_it(laboratory: Laboratory):
    assert_nobody_else_noticed(laboratory, STOLEN, *OTHERS)


def test_a_pair_with_which_the_gateway_lets_nobody_in_is_put_back(
    laboratory: Laboratory, unit: Unit, capsys: pytest.CaptureFixture[str]
):
    box = laboratory.sensors[RENEWING]
    pair = pair_of(box)
    assert unit.kit("renew").status == 0
    key = ec.generate_private_key(ec.SECP256R1())
    (box.directory / "client.key").write_text(key_pem(key))
    (box.directory / "client.crt").write_text(make_authority("stranger").certify(SUBJECT, key.public_key()))
    unit.shorten_seconds()
    start = time.monotonic()
    [answer] = unit.run()
    assert answer.status == 19, answer
    assert "the one before is in place again" in answer.output
    assert pair_of(box) == pair
    box.wait_until_connected(timeout=60)
    with capsys.disabled():
        print(
            f"\n    put back, and the tunnel up again (seconds of a trial shortened): {time.monotonic() - start:.1f} s"
        )
    assert status_of(box)["last_renewal"]["exit_code"] == 19
    assert "the key open" in box.prove_unlock()
    assert_nobody_else_noticed(laboratory, STOLEN, *OTHERS)


def test_a_box_reported_in_between_is_refused_and_keeps_nothing_of_the_renewal(laboratory: Laboratory):
    box = laboratory.sensors[STOLEN]
    pair, certificates = pair_of(box), certificates_of(laboratory, box)
    laboratory.portal.stop("signer")
    asked = box.kit("renew", "--timeout", "3")
    assert asked.status == 12
    assert "base has not signed yet" in asked.output
    theft = Theft(laboratory, box)
    theft.report()
    theft.wait_until_cut_off()
    laboratory.portal.start_signer()
    laboratory.portal.wait_for_workers()
    assert box.kit("renew", "--timeout", "3").status == 12, "it has no tunnel to ask through"
    assert ask_from_base(laboratory, box) == (403, "certificate-refused")
    requests = f"CertificateRequest.objects.filter(sensor__subject={box.subject!r}, code=None)"
    query = f"list({requests}.values_list('certificate', 'refused_because'))"
    [(certificate, refused_because)] = ask_portal(laboratory, query)
    assert certificate is None
    assert refused_because
    assert certificates_of(laboratory, box) == certificates
    assert pair_of(box) == pair
    assert not (box.directory / "previous").exists()
    assert not list((box.directory / "renewal").glob("*.crt"))
    assert theft.others_that_noticed() == []


def ask_from_base(laboratory: Laboratory, box: SensorBox) -> tuple[int, str]:
    """The box's own request with its own certificate, where no tunnel is needed: status and reason."""
    csr = (box.directory / "renewal" / "client.csr").read_text()
    command = ["curl", "-sS", "-w", "\n%{http_code}", "--data-binary", "@-", "-H", "Content-Type: application/json"]
    for option, file in (("--cert", "client.crt"), ("--key", "client.key"), ("--cacert", "ca.crt")):
        command += [option, str(box.directory / file)]
    command.append(f"{laboratory.portal.settings.machines_door_url}/v1/certificate")
    done = subprocess.run(
        laboratory.host("base").enter(command),
        input=json.dumps({"csr": csr, "proof": ""}).encode(),
        capture_output=True,
        check=True,
        timeout=30,
    )
    body, _, status = done.stdout.decode().rpartition("\n")
    return int(status), json.loads(body)["reason"]


def test_a_box_that_was_not_reported_can_still_renew(laboratory: Laboratory, unit: Unit):
    """So the refusal was not for want of a signer."""
    box = laboratory.sensors[RENEWING]
    before = serial_in_use(box)
    assert unit.kit("renew").status == 0
    assert serial_in_use(box) != before
    wait_until(lambda: unit.kit("renew", "--prove").status == 0, what="the tunnel to come up", timeout=60)
    assert_nobody_else_noticed(laboratory, *OTHERS)


def change_gateway(laboratory: Laboratory, change: str) -> None:
    """As the owner of the tables: that two people agree to it is tried elsewhere."""
    script = f"from sensors.models import Gateway; Gateway.objects.update({change})"
    laboratory.portal.manage("shell", "--verbosity", "0", "-c", script)


def test_a_box_whose_settings_have_not_changed_is_told_so_and_keeps_its_tunnel(laboratory: Laboratory, unit: Unit):
    """So box and portal make the same digest, with real nginx between them."""
    before = handshakes(laboratory.sensors[RENEWING])
    answer = unit.kit("settings")
    assert (answer.status, answer.output) == (0, "nothing has changed at base")
    assert handshakes(laboratory.sensors[RENEWING]) == before


def test_what_changed_at_base_reaches_the_box_through_its_tunnel(laboratory: Laboratory, unit: Unit):
    change_gateway(laboratory, "mssfix=1300")
    answer = unit.kit("settings")
    assert answer.status == 0, answer.output
    assert "\nmssfix 1300\n" in (laboratory.sensors[RENEWING].directory / "client.conf").read_text()
    assert unit.kit("settings").output == "nothing has changed at base"
    assert laboratory.sensors_that_base_reaches()[RENEWING]
    assert_nobody_else_noticed(laboratory, *OTHERS)


def test_a_gateways_address_that_does_not_work_is_left_again_by_the_box_itself(laboratory: Laboratory, unit: Unit):
    client_conf = laboratory.sensors[RENEWING].directory / "client.conf"
    before = client_conf.read_bytes()
    change_gateway(laboratory, "port=9")
    unit.shorten_seconds()
    answer = unit.kit("settings")
    assert answer.status == 25, answer.output
    assert client_conf.read_bytes() == before
    wait_until(laboratory.sensors[RENEWING].is_connected, what="the tunnel to come up again", timeout=60)
    wait_until(lambda: unit.kit("settings").status == 0, what="base to be asked again", timeout=60)
    assert client_conf.read_bytes() == before, "it is not tried again on the same day"
    change_gateway(laboratory, "port=1194")
    assert unit.kit("settings").output == "nothing has changed at base"


def test_a_reported_box_is_told_nothing_of_its_settings(laboratory: Laboratory):
    answer = laboratory.sensors[STOLEN].kit("settings")
    assert answer.status in (10, 12), answer.output


def test_the_gateway_renews_its_own_and_openvpn_takes_it_when_it_is_started_again(laboratory: Laboratory):
    """While the agent works on; nobody's tunnel ends before OpenVPN does, and then everybody comes back."""
    gateway = laboratory.gateway
    certificate, sensor = gateway.directory / "gateway.crt", laboratory.sensors[OTHERS[0]]
    before = certificate.read_bytes()
    began = handshakes(sensor)
    subprocess.run(
        gateway.host.enter([*AGENT, "renew", "--directory", str(gateway.directory)]), check=True, timeout=120
    )
    assert certificate.read_bytes() != before
    assert (gateway.directory / "gateway.crt.old").read_bytes() == before
    wait_until(
        lambda: "gateway.crt changed" in problems_of(laboratory), what="the agent to ask for a restart", timeout=90
    )
    assert_nobody_else_noticed(laboratory, *OTHERS)
    # A new agent knows the new pair alone; with it a box gets its key.
    gateway.stop_agent()
    gateway.start_agent()
    assert "the key open" in laboratory.sensors[RENEWING].prove_unlock()
    assert gateway.openvpn is not None
    os.kill(gateway.openvpn.pid, signal.SIGTERM)
    wait_until(lambda: handshakes(sensor) > began, what="a box to come back", timeout=90)
    wait_until(lambda: laboratory.ping("base", sensor.address), what="its tunnel", timeout=30)
    wait_until(lambda: CHANGED not in problems_of(laboratory), what="all to be well", timeout=90)


def problems_of(laboratory: Laboratory) -> str:
    contacts = "GatewayContact.objects.values_list('problems', flat=True)"
    return str(ask_portal(laboratory, f"list({contacts})"))
