"""Redis, which wakes workers and counts wrong tries: on a socket that only the portal's processes may open."""

import grp
from pathlib import Path

import redis

from portal.installation import files
from portal.installation.answers import Answers
from portal.installation.programs import run, succeeds
from portal.installation.refusals import SetupRefused
from portal.installation.users import join_group, outside_group

_CONFIGURATION = Path("/etc/redis/redis.conf")
_SOCKET = "/run/redis/redis-server.sock"
_GROUP = "redis"
# Later lines count. Anybody who can reach it gives guessers new tries: no port, and a socket for the group alone.
_LINES = f"""\
unixsocket {_SOCKET}
unixsocketperm 770
port 0
maxmemory-policy noeviction
"""
_INSTALL = "apt install redis-server (or give --broker, if Redis runs on another host)"


def missing(answers: Answers) -> list[str]:
    if not answers.broker_is_local:
        return [] if _answers_at(answers.broker) else [f"reach Redis at {answers.broker}"]
    found = []
    text = files.text_of(_CONFIGURATION)
    if not text or files.with_block(text, _LINES, first=False) != text:
        found.append(f"have Redis listen at {_SOCKET} and at no port")
    if not _has_group() or outside_group(_GROUP):
        found.append(f"let the portal's processes open it (group {_GROUP})")
    if not found and not _answers_at(f"unix://{_SOCKET}"):
        found.append("start Redis")
    return found


def mend(answers: Answers) -> None:
    if not answers.broker_is_local:
        raise SetupRefused(f"Redis at {answers.broker} does not answer: see to it, then run this again.")
    if not _CONFIGURATION.exists():
        raise SetupRefused(f"Redis is not installed: {_INSTALL}")
    text = files.with_block(files.text_of(_CONFIGURATION), _LINES, first=False)
    files.write(_CONFIGURATION, text, _CONFIGURATION.stat().st_mode & 0o777)
    join_group(_GROUP)
    run("systemctl", "enable", "--quiet", "redis-server")
    run("systemctl", "restart", "redis-server")
    if not succeeds("systemctl", "is-active", "--quiet", "redis-server"):
        raise SetupRefused("Redis does not start: see journalctl -u redis-server")


def _has_group() -> bool:
    try:
        grp.getgrnam(_GROUP)
    except KeyError:
        return False
    return True


def _answers_at(url: str) -> bool:
    socket = url.replace("redis+socket://", "unix://")
    try:
        client: redis.Redis = redis.Redis.from_url(socket, socket_timeout=5, socket_connect_timeout=5)
        return bool(client.ping())
    except (redis.RedisError, OSError, ValueError):
        return False
