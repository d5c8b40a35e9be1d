"""The watch at a management socket that says what we want it to say."""

import socket
import time
from pathlib import Path

from gateway.openvpn.session_watch import NOT_UNDERSTOOD_SECONDS, SessionWatch
from tests.support.waiting import wait_until

LINE = "198.51.100.20:1 VERIFY CRL: depth=0, CN=s-aaaaaaaaaaab, serial 21 has been revoked"
OTHER = LINE.replace("21", "22")


def test_it_tells_the_first_line_that_it_does_not_understand_for_a_day(tmp_path: Path) -> None:
    path = tmp_path / "management.sock"
    sightings: list[object] = []
    watch = SessionWatch(path, sightings.append)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()
        watch.tick(time.monotonic())
        openvpn, _ = listener.accept()
        with openvpn:
            openvpn.sendall(f">LOG:1,,{LINE}\n>LOG:2,,{OTHER}\nOpenVPN Version: OpenVPN 9.9.1 x\n".encode())

            def hears() -> bool:
                watch.read(5.0, None)
                return watch.version == "9.9.1"

            wait_until(hears, seconds=2, what="all three lines are read")
    watch.close()
    said = watch.not_understood(5.0)
    assert said is not None
    assert (LINE in said, OTHER in said, "9.9.1" in said) == (True, False, True)
    assert watch.not_understood(5.0 + NOT_UNDERSTOOD_SECONDS) is not None
    assert watch.not_understood(6.0 + NOT_UNDERSTOOD_SECONDS) is None
    assert sightings == []
