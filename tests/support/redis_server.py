"""A Redis of a test's own, which may be stopped."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as NoRedis

from lab.waiting import wait_until


class RedisServer:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.client = Redis(unix_socket_path=str(folder / "redis.sock"))
        self.start()

    @property
    def url(self) -> str:
        return f"unix://{self._folder / 'redis.sock'}"

    def start(self) -> None:
        if self._process:
            return
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *("redis-server", "--port", "0", "--unixsocket", str(self._folder / "redis.sock")),
                    *("--dir", str(self._folder), "--save", "", "--appendonly", "no"),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._answers, what="Redis to answer", timeout=30)

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except NoRedis:
            return False


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    folder = Path(tempfile.mkdtemp(prefix="nsm-redis-"))
    server = RedisServer(folder)
    try:
        yield server
    finally:
        server.stop()
        server.client.close()
        shutil.rmtree(folder)
