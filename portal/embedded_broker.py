"""The broker of the embedded default: messages as files, as kombu has it, but whole or not there.

kombu's own makes a message's file before it fills it. A worker that finds it in between cannot read it and ends for
good; so does one that starts while another writes the table of queues, or after its writer was killed.
"""

import fcntl
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic_ns
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]  # as kombu has it
        # Names in the order of sending; what has no queue's name at its end is nobody's message yet.
        name = f"{monotonic_ns()}_{uuid.uuid4()}"
        folder = Path(self.data_folder_out)
        unfinished = folder / f"{name}.part"
        try:
            unfinished.write_text(dumps(payload), encoding="utf-8")
            os.rename(unfinished, folder / f"{name}.{queue}.msg")
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise

    def _get(self, queue: str) -> Any:  # type: ignore[override]  # as kombu has it
        """Raises Empty."""
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                # Left by a full disk or by a kill. The sweeps find the work that it spoke of.
                logger.warning("dropped a message of queue %s that could not be read", queue)

    def get_table(self, exchange: str) -> Any:
        with self._locked(fcntl.LOCK_SH):
            try:
                return super().get_table(exchange)
            except ValueError:
                return []

    def _queue_bind(self, exchange: str, routing_key: Any, pattern: Any, queue: str) -> None:
        with self._locked(fcntl.LOCK_EX):
            self._drop_if_torn(exchange)
            super()._queue_bind(exchange, routing_key, pattern, queue)

    def _delete(self, queue: str, exchange: str, *arguments: Any, **options: Any) -> None:
        with self._locked(fcntl.LOCK_EX):
            self._drop_if_torn(exchange)
            super()._delete(queue, exchange, *arguments, **options)

    def _drop_if_torn(self, exchange: str) -> None:
        """Every worker binds its queues when it starts, so a table that was lost is made again."""
        try:
            super().get_table(exchange)
        except ValueError:
            logger.warning("dropped a table of queues that could not be read")
            self._exchange_file(exchange).unlink(missing_ok=True)  # type: ignore[attr-defined]  # newer than its types

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """One lock for all tables: kombu's own is taken only after it has emptied the file."""
        with (Path(self.control_folder) / "lock").open("ab") as file:
            fcntl.flock(file, how)
            yield


class Transport(filesystem.Transport):
    Channel = Channel


def use_for_filesystem_urls() -> None:
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
