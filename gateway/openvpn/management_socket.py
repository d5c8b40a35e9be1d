"""The connection to OpenVPN's management socket: bytes only. It serves one client at a time."""

import contextlib
import os
import socket
from pathlib import Path

from gateway.openvpn.management import LineSplitter

CHUNK = 65536
# A unix socket's path may have 107 bytes only; through the directory's descriptor any depth will do.
SEND_SECONDS = 1.0


class ManagementLost(Exception):
    """OpenVPN is not there or has hung up."""


class ManagementSocket:
    """Never blocks on reading; blocks a second at most on writing a command of a few bytes."""

    def __init__(self, path: Path) -> None:
        self._splitter = LineSplitter()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(SEND_SECONDS)
        try:
            directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
        except OSError as error:
            self._socket.close()
            raise ManagementLost(str(error)) from error
        try:
            self._socket.connect(f"/proc/self/fd/{directory}/{path.name}")
        except OSError as error:
            self._socket.close()
            raise ManagementLost(error.strerror or "cannot connect") from error
        finally:
            os.close(directory)

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, text: str) -> None:
        try:
            self._socket.sendall(text.encode())
        except OSError as error:
            raise ManagementLost("cannot send") from error

    def read_lines(self) -> list[str]:
        """What has arrived. Raises ManagementLost at the end of the connection."""
        try:
            data = self._socket.recv(CHUNK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return []
        except OSError as error:
            raise ManagementLost("cannot read") from error
        if not data:
            raise ManagementLost("OpenVPN has hung up")
        return self._splitter.feed(data)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()
