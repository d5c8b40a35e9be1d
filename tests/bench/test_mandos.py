"""Debian's Mandos as a peer: its own server, asked as its own client asks."""

import base64
import configparser
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bench.peers import __main__ as peers
from bench.peers import mandos
from bench.peers.mandos_client import MandosClient

needs_mandos = pytest.mark.skipif(
    not all(file.exists() for file in mandos.NEEDS.values()), reason="Mandos is not installed"
)


def test_the_servers_file_has_each_box_with_its_key_and_its_secret():
    boxes = [MandosClient(), MandosClient()]
    file = configparser.ConfigParser()
    file.read_string(mandos._clients(boxes))
    assert [file[name]["key_id"] for name in file.sections()] == [box.key_id for box in boxes]
    assert [base64.b64decode(file[name]["secret"]) for name in file.sections()] == [box.secret for box in boxes]
    assert len({box.secret for box in boxes}) == len({box.key_id for box in boxes}) == 2


def test_a_peer_that_is_not_installed_is_named_and_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    missing = {package: Path("/nonexistent") for package in mandos.NEEDS}
    monkeypatch.setattr(peers, "PEERS", {"disk_key": (peers.Peer(missing, mandos.measure),)})
    monkeypatch.setattr(sys, "argv", ["peers", "disk_key", "{}"])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert peers.main() == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "mandos, dbus-daemon" in said.err


@needs_mandos
@pytest.mark.root
def test_the_server_gives_a_box_its_secret_and_a_stranger_none():
    boxes = [MandosClient(), MandosClient()]
    with mandos._server(boxes) as port:
        assert [box.fetches(port) for box in boxes] == [True, True]
        assert not MandosClient().fetches(port)
        boxes[0].secret = boxes[1].secret
        assert not boxes[0].fetches(port)
    assert not boxes[1].fetches(port)


@needs_mandos
@pytest.mark.root
def test_it_measures_its_figures_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch):
    with tempfile.TemporaryDirectory(dir=mandos.PARENT) as folder:
        Path(folder).chmod(0o711)
        monkeypatch.setattr(mandos, "PARENT", Path(folder))
        rows = {row.name: row for row in mandos.measure(quick=True)}
        assert list(Path(folder).iterdir()) == []
        assert [line for line in _command_lines() if folder in line] == []
    assert set(rows) == {f"peer.mandos.disk_key.{figure}" for figure in ("rate_1", "rate_8", "rate_32", "p99_ms_32")}
    assert all(row.value > 0 and row.n > 0 for row in rows.values())


def _command_lines() -> Iterator[str]:
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        # A process may end while it is looked at.
        with suppress(OSError):
            yield file.read_bytes().decode(errors="replace")
