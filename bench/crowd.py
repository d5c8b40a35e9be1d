"""Many real OpenVPN clients on one host, each a box with its own certificate, without a device of its own."""

from pathlib import Path

from bench.enrolled_boxes import Box
from bench.openvpn_log import OpenvpnLog
from lab.laboratory import Laboratory
from lab.namespaces import Namespace
from lab.waiting import wait_until
from sensors.artifacts.openvpn import client_conf
from sensors.operations.gather_facts import sensor_facts

PUBLIC = "198.51.100.77"
# One processor has its hands full with a dozen handshakes at once; more would only run into OpenVPN's own patience.
AT_ONCE = 25


class Crowd:
    """The clients, connected."""

    def __init__(self, lab: Laboratory, boxes: list[Box]) -> None:
        """Start them and wait until the gateway's OpenVPN has let each of them in."""
        self.boxes = boxes
        self.host = _make_host(lab)
        if lab.gateway.openvpn is None:
            raise RuntimeError("the gateway's OpenVPN does not run")
        self.log = OpenvpnLog(lab.gateway.openvpn.log)
        for start in range(0, len(boxes), AT_ONCE):
            some = boxes[start : start + AT_ONCE]
            for box in some:
                self._start(lab, box)
            wanted = {box.sensor.subject for box in some}
            wait_until(lambda wanted=wanted: wanted <= self.log.ports().keys(), what="the boxes to connect", timeout=60)
        self.ports = self.log.ports()

    def dropped(self, reported: set[str]) -> list[str]:
        """The boxes that were not reported and whose session ended, began again, or is no longer what it was."""
        others = {box.sensor.subject for box in self.boxes} - reported
        came = self.log.came()
        again = {subject for subject in others if came.count(subject) != 1}
        return sorted((others & set(self.log.went())) | again)

    def _all_came(self, boxes: list[Box]) -> bool:
        return {box.sensor.subject for box in boxes} <= self.log.ports().keys()

    def _start(self, lab: Laboratory, box: Box) -> None:
        directory = lab.directory.subdirectory(f"crowd/{box.sensor.subject}", mode=0o700)
        _write_files(directory, box, (lab.certificates / "ca.crt").read_text())
        command = ["openvpn", "--cd", str(directory), "--config", "client.conf", "--dev", "null", "--ifconfig-noexec"]
        process = lab.processes.start(f"crowd-{box.sensor.subject}", self.host.enter(command))
        process.patience = 0.5


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
        "client.conf": client_conf(sensor_facts(box.sensor)),
    }
    for name, text in files.items():
        (directory / name).touch(mode=0o600)
        (directory / name).write_text(text)
