"""What the agent sees of an OpenVPN that has let in many boxes: its management socket, and nothing behind it."""

import os
import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from bench.enrolled_boxes import Box

SINCE = 1_700_000_000
# What OpenVPN 2.6.14 works for each client of a status before it sends the first line. Waited here, not worked: a
# gateway has processors of its own.
STATUS_SECONDS_A_CLIENT = 7e-6


class StandInOpenvpn:
    """A thread that answers the agent's commands; the answer to `status 3` is made once."""

    def __init__(self, path: Path, boxes: Sequence[Box], public_address: str) -> None:
        rows = (
            f"CLIENT_LIST\t{box.sensor.subject}\t{public_address}:{1024 + number}\t{box.sensor.address}\t\t"
            f"100000\t100000\tnever\t{SINCE}\tUNDEF\t{number}\t{number}\tAES-256-GCM\r\n"
            for number, box in enumerate(boxes)
        )
        self._status_seconds = STATUS_SECONDS_A_CLIENT * len(boxes)
        self._status = ("TITLE\tOpenVPN\r\n" + "".join(rows) + "END\r\n").encode()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen(8)
        threading.Thread(target=self._serve, name="stand-in-openvpn", daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, connection.makefile("r") as commands:
                connection.sendall(b">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n")
                for command in commands:
                    connection.sendall(self._answer(command.strip()))

    def _answer(self, command: str) -> bytes:
        if command == "status 3":
            time.sleep(self._status_seconds)
            return self._status
        if command == "version":
            return b"OpenVPN Version: OpenVPN 2.6.14 stand-in\r\nEND\r\n"
        if command == "pid":
            return f"SUCCESS: pid={os.getpid()}\r\n".encode()
        if command == "log on all":
            return b"SUCCESS: real-time log notification set to ON\r\nEND\r\n"
        return b"ERROR: not known\r\n"
