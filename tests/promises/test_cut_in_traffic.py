"""A box is cut off in the middle of its traffic: OpenVPN must end its session and nothing else.

Without `fast-io` OpenVPN 2.6.14 may end altogether ("Assertion failed at multi.h"), when it is told to kill a client of
which a packet waits to be written: it finds the command and the free device at one look, and obeys the command first.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.gateway.lone_gateway import LoneGateway, TunnelBox, cut_and_wait, handshakes
from tests.support.soaking import note, rounds

pytestmark = pytest.mark.root


# As fast as the sender can, and without waiting for anybody: OpenVPN always has a packet to write.
FLOOD = """
import socket
flood = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    flood.sendto(bytes(200), ("10.88.0.1", 9))
"""


@contextmanager
def flooding(host: LoneGateway, sensor: TunnelBox) -> Iterator[None]:
    flood = host.network.start(sensor.host, sys.executable, "-c", FLOOD, log=host.folder / f"{sensor.subject}.flood")
    try:
        time.sleep(0.3)
        yield
    finally:
        flood.kill()
        flood.wait()


def test_a_cut_in_the_middle_of_traffic_ends_one_session_alone(tmp_path: Path):
    cuts = 0
    for number in range(rounds(suite=2, soak=20)):
        folder = tmp_path / str(number)
        folder.mkdir()
        host = LoneGateway(folder, sensors=8)
        try:
            host.start_all()
            untouched, *stolen = host.sensors
            for sensor in stolen:
                with flooding(host, sensor):
                    cut_and_wait(host, sensor)
                assert host.openvpn is not None
                assert host.openvpn.poll() is None, host.log_of("openvpn")[-2000:]
                cuts += 1
            assert host.answers_ping(untouched)
            assert handshakes(host, untouched) == 1
        finally:
            host.close()
    note("cut in the middle of a flood", f"{cuts} cuts, OpenVPN went on, nobody else began again")
