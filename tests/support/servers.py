"""A PostgreSQL and a Redis of our own, which may be killed; `script/test` keeps its own alive for all other tests."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
import redis

from lab.waiting import wait_until

USER = "postgres"


def newest_postgres() -> Path:
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


class Servers:
    """Both on sockets in one folder. PostgreSQL waits for its log as in service: a commit survives `kill -9`."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="nsm-servers-"))
        self.folder.chmod(0o755)
        owner = pwd.getpwnam(USER)
        self._data = self.folder / "data"
        self._data.mkdir(mode=0o700)
        os.chown(self._data, owner.pw_uid, owner.pw_gid)
        os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self._initialise()
            self.start("postgres")
            self.start("redis")
        except BaseException:
            self.close()
            raise

    @property
    def database_url(self) -> str:
        return f"postgresql://nsmaas@/postgres?host={self.folder}"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.folder / 'redis.sock'}"

    def start(self, name: str) -> None:
        socket = self.folder / "redis.sock"
        commands = {
            "postgres": [
                str(newest_postgres() / "postgres"),
                *("-D", str(self._data), "-k", str(self.folder)),
                *("-c", "listen_addresses=", "-c", "max_connections=100"),
            ],
            "redis": [
                *("redis-server", "--port", "0", "--unixsocket", str(socket), "--dir", str(self.folder)),
                *("--save", "", "--appendonly", "no"),
            ],
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                commands[name],
                stdout=log,
                stderr=subprocess.STDOUT,
                user=USER if name == "postgres" else None,
                group=USER if name == "postgres" else None,
                extra_groups=[] if name == "postgres" else None,
                start_new_session=True,
            )
        answers = {"postgres": self._postgres_answers, "redis": self._redis_answers}[name]
        wait_until(answers, what=f"{name} to answer", timeout=30)

    def kill(self, name: str) -> None:
        """As a power cut for this one program: it and its children at once, with no chance to tidy up."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if name == "postgres":
            # A child that outlives its parent for a moment keeps the shared memory, and a start is refused.
            wait_until(lambda: not self._children(process.pid), what="PostgreSQL's children to end", timeout=10)

    def copy_database(self) -> Path:
        """All of PostgreSQL's files, as a backup of the whole disk would have them."""
        self.kill("postgres")
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        self._copy(self._data, copy)
        self.start("postgres")
        return copy

    def put_database_back(self, copy: Path) -> None:
        self.kill("postgres")
        shutil.rmtree(self._data)
        self._copy(copy, self._data)
        self.start("postgres")

    def _copy(self, source: Path, target: Path) -> None:
        subprocess.run(["cp", "-a", str(source), str(target)], check=True)

    def close(self) -> None:
        for name in list(self.running):
            self.kill(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initialise(self) -> None:
        subprocess.run(
            [
                str(newest_postgres() / "initdb"),
                *("--pgdata", str(self._data), "--auth", "trust", "--username", "nsmaas"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            ],
            user=USER,
            group=USER,
            extra_groups=[],
            check=True,
            capture_output=True,
        )

    def _children(self, group: int) -> bool:
        listed = subprocess.run(["ps", "-e", "-o", "pgid=,args="], capture_output=True, text=True, check=True).stdout
        lines = [line.split(maxsplit=1) for line in listed.splitlines()]
        return any(line[0] == str(group) or str(self._data) in line[-1] for line in lines)

    def _postgres_answers(self) -> bool:
        try:
            psycopg.connect(self.database_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _redis_answers(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.folder / "redis.sock")) as client:
                return bool(client.ping())
        except redis.exceptions.ConnectionError:
            return False
