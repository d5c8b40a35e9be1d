"""A message or table of the embedded broker that a kill has torn ends no worker: the signer is one."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from queue import Empty
from types import SimpleNamespace
from typing import Any

import pytest
from kombu import Connection

from portal.embedded_broker import Transport
from tests.support.at_once import at_once, results


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in ("messages", "control"):
        (tmp_path / part).mkdir()
    return tmp_path


@pytest.fixture
def channel(folder: Path) -> Iterator[Any]:
    with connected(folder) as connection:
        yield connection.channel()


def connected(folder: Path) -> Connection:
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
    }
    return Connection("filesystem://", transport=Transport, transport_options=options)


def test_it_hands_on_what_was_put_in_its_order(channel: Any):
    for number in range(3):
        channel._put("pki", {"number": number})
    assert [channel._get("pki")["number"] for _ in range(3)] == [0, 1, 2]


@pytest.mark.parametrize("torn", [b"", b'{"body": "'])
def test_a_torn_message_is_dropped_and_the_next_is_read(channel: Any, folder: Path, torn: bytes):
    (folder / "messages" / "0_a.pki.msg").write_bytes(torn)
    channel._put("pki", {"whole": True})
    assert channel._get("pki") == {"whole": True}
    with pytest.raises(Empty):
        channel._get("pki")


def test_a_message_that_is_still_being_written_is_nobodys(channel: Any, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """As a reader meets it at the worst moment: after each step of the writer."""
    met: list[object] = []

    def look() -> None:
        try:
            met.append(channel._get("pki"))
        except Empty:
            met.append(None)

    def dumps(message: object) -> str:
        look()
        return json.dumps(message)

    def rename(source: Path, target: Path) -> None:
        look()
        source.rename(target)

    monkeypatch.setattr("portal.embedded_broker.dumps", dumps)
    monkeypatch.setattr("portal.embedded_broker.os", SimpleNamespace(rename=rename))
    channel._put("pki", {"whole": True})
    assert met == [None, None]
    assert channel._get("pki") == {"whole": True}


@pytest.mark.parametrize("torn", [b"", b'[["a", '])
def test_a_torn_table_of_queues_is_made_anew(channel: Any, folder: Path, torn: bytes):
    (folder / "control" / "celery.pidbox.exchange").write_bytes(torn)
    assert channel.get_table("celery.pidbox") == []
    channel._queue_bind("celery.pidbox", "", "", "signer")
    assert [row.queue for row in channel.get_table("celery.pidbox")] == ["signer"]


def test_eight_that_start_at_once_are_all_in_the_table(folder: Path):
    def bind(number: int) -> None:
        with connected(folder) as connection:
            channel: Any = connection.channel()
            channel._queue_bind("celery.pidbox", "", "", f"queue-{number}")

    results(at_once([partial(bind, number) for number in range(8)]))
    with connected(folder) as connection:
        channel: Any = connection.channel()
        rows = channel.get_table("celery.pidbox")
    assert {row.queue for row in rows} == {f"queue-{number}" for number in range(8)}
