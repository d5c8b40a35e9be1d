"""Encrypting to recipients with age, a program of its own: https://age-encryption.org/v1, age(1)."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class AgeFailed(Exception):
    """The text is age's own, or says that it is missing. No secret is in it."""


@contextmanager
def encrypting(*, recipients: Path, to: Path, printable: bool = False) -> Iterator[IO[bytes]]:
    """What is written goes into `to`, which is complete only when this has ended without an error. Raises AgeFailed."""
    armor = ["--armor"] if printable else []
    command = [_age(), "--encrypt", *armor, "--recipients-file", str(recipients), "--output", str(to)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        if process.stdin is None or process.stderr is None:
            raise AgeFailed("age's input is not connected.")
        try:
            yield process.stdin
            process.stdin.close()
        except BrokenPipeError:
            pass  # It says why itself.
        except BaseException:
            process.kill()
            raise
        said = process.stderr.read().decode(errors="replace")
    if process.returncode != 0:
        raise AgeFailed(said.strip() or "age failed.")


@contextmanager
def decrypting(*, identity: Path, file: Path) -> Iterator[IO[bytes]]:
    """Raises AgeFailed, at the end, too: what was read before an error must not be used."""
    command = [_age(), "--decrypt", "--identity", str(identity), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        if process.stdout is None or process.stderr is None:
            raise AgeFailed("age's output is not connected.")
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            said = process.stderr.read().decode(errors="replace").strip()
            if said:
                raise AgeFailed(said) from None
            raise
        # To the end, so that its last block, and with it the whole, was looked at.
        while process.stdout.read(1 << 20):
            pass
        said = process.stderr.read().decode(errors="replace")
    if process.returncode != 0:
        raise AgeFailed(said.strip() or "age failed.")


def _age() -> str:
    if program := shutil.which("age"):
        return program
    raise AgeFailed("The program age is missing: apt install age.")
