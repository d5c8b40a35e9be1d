"""Asks for the time as a box does, with openssl, which also judges the answer."""

import secrets
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.test import Client

TIME_PATH = "/api/v1/time"
QUERY_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"


def new_query(folder: Path, name: str = "query", *options: str) -> Path:
    """As the kit makes it, in a file of its own."""
    path = folder / name
    choice = options or ("-sha256", "-cert")
    (folder / "drawn").write_bytes(secrets.token_bytes(32))
    command = ["openssl", "ts", "-query", "-data", str(folder / "drawn"), *choice, "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def ask_time(query: bytes, **headers: str) -> Any:
    return Client().post(TIME_PATH, query, content_type=QUERY_TYPE, headers=headers)


@dataclass(frozen=True)
class Judged:
    good: bool
    words: str


def judge(query: Path, reply: bytes, authority: Path, at: datetime | None = None) -> Judged:
    """What `openssl ts -verify` says of it, at that moment."""
    path = query.with_suffix(".reply")
    path.write_bytes(reply)
    moment = int((at or datetime.now(UTC)).timestamp())
    command = [
        "openssl",
        "ts",
        "-verify",
        "-queryfile",
        query,
        "-in",
        path,
        "-CAfile",
        authority,
        "-attime",
        str(moment),
    ]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    return Judged(done.returncode == 0 and "Verification: OK" in done.stdout, done.stdout + done.stderr)
