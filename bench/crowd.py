"""Many real OpenVPN clients on one host, each a box with its own certificate, without a device of its own."""

from collections import Counter
from functools import partial
from pathlib import Path

from bench.enrolled_boxes import Box
from bench.openvpn_log import OpenvpnLog
from lab.laboratory import Laboratory
from lab.namespaces import Namespace
from lab.process import Process
from lab.waiting import wait_until
from sensors.artifacts.openvpn import client_conf
from sensors.artifacts.operations.gather_facts import sensor_facts
from sensors.models import Session

PUBLIC = "198.51.100.77"
# One processor has its hands full with a dozen handshakes at once; more would only run into OpenVPN's own patience.
AT_ONCE = 25


class Crowd:
    """The clients, connected."""

    def __init__(self, lab: Laboratory, boxes: list[Box]) -> None:
        """Start them and wait until the gateway's OpenVPN has let each of them in."""
        self.boxes = boxes
        self._clients: list[Process] = []
        self.host = _make_host(lab)
        if lab.gateway.openvpn is None:
            raise RuntimeError("the gateway's OpenVPN does not run")
        self.log = OpenvpnLog(lab.gateway.openvpn.log)
        for start in range(0, len(boxes), AT_ONCE):
            some = boxes[start : start + AT_ONCE]
            for box in some:
                self._start(lab, box)
            wait_until(partial(self._all_came, some), what="the boxes to connect", timeout=60)
        wait_until(self._all_are_reported, what="the gateway to report all sessions", timeout=60, interval=0.2)
        # While a hundred handshakes ran at once a client may have come twice; from here on nobody has a reason to.
        self._came, self._went = Counter(self.log.came()), Counter(self.log.went())

    def port_of(self, box: Box) -> int:
        """The UDP port at which the gateway reaches the box."""
        return self.log.ports()[box.sensor.subject]

    def is_gone(self, box: Box) -> bool:
        """Whether OpenVPN has ended the box's session since all were up."""
        subject = box.sensor.subject
        return Counter(self.log.went())[subject] > self._went[subject]

    def dropped(self, reported: set[str]) -> list[str]:
        """The boxes that were not reported and whose session ended or began again since all were up."""
        others = {box.sensor.subject for box in self.boxes} - reported
        came, went = Counter(self.log.came()) - self._came, Counter(self.log.went()) - self._went
        return sorted(others & (came.keys() | went.keys()))

    def _all_are_reported(self) -> bool:
        wanted = [box.sensor.pk for box in self.boxes]
        return Session.objects.filter(sensor__in=wanted, ended_at=None).count() == len(wanted)

    def check_all_run(self) -> None:
        """Raises RuntimeError with the words of a client that has ended: none of them has a reason to."""
        for process in self._clients:
            if not process.is_running():
                raise RuntimeError(process.describe_end())

    def _all_came(self, boxes: list[Box]) -> bool:
        return {box.sensor.subject for box in boxes} <= self.log.ports().keys()

    def _start(self, lab: Laboratory, box: Box) -> None:
        directory = lab.directory.subdirectory(f"crowd/{box.sensor.subject}", mode=0o700)
        _write_files(directory, box, (lab.certificates / "ca.crt").read_text())
        command = ["openvpn", "--cd", str(directory), "--config", "client.conf", "--ifconfig-noexec"]
        process = lab.processes.start(f"crowd-{box.sensor.subject}", self.host.enter(command))
        process.patience = 0.5
        self._clients.append(process)


def _make_host(lab: Laboratory) -> Namespace:
    network = lab.topology.network
    host = network.add_host("crowd")
    network.plug(host, "eth0", lab.topology.internet, bridge="br0", port="crowd")
    host.ip(f"addr add {PUBLIC}/24 dev eth0")
    return host


def _write_files(directory: Path, box: Box, ca: str) -> None:
    files = {
        "ca.crt": ca,
        "client.crt": box.certificate_pem,
        "client.key": box.key_pem,
        "tls-crypt-v2.key": box.request.tunnel_key,
        "client.conf": _without_device(client_conf(sensor_facts(box.sensor))),
    }
    for name, text in files.items():
        (directory / name).touch(mode=0o600)
        (directory / name).write_text(text)


def _without_device(configuration: str) -> str:
    """The box's own configuration, but what comes out of the tunnel is dropped: all devices would have one name."""
    lines = configuration.splitlines()
    for line in ("dev tun0", "dev-type tun"):
        lines.remove(line)
    return "\n".join([*lines, "dev null", ""])
