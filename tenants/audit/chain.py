#!/usr/bin/env python3
"""The hash chain of the audit trail, without database or Django: `python3 audit_chain.py EXPORT.jsonl` verifies one.

Each entry's hash covers the entry and the hash before it, so nothing in the middle can be changed, dropped or moved
without changing every hash after it. A head that was noted (length and hash) tells if the end was cut off, too.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any


class BrokenChain(Exception):
    """An entry does not follow from the one before it; the message says which and how."""


@dataclass(frozen=True, slots=True)
class Entry:
    chain: str
    sequence: int
    at: str
    actor: str
    action: str
    subject: str
    details: dict[str, Any]
    previous_hash: str
    hash: str


def first_hash(chain: str) -> str:
    """What stands before entry 1: bound to the chain's name, so that one chain cannot pass for another."""
    return hashlib.sha256(f"nsmaas audit chain {chain}".encode()).hexdigest()


def entry_hash(
    *,
    chain: str,
    sequence: int,
    at: str,
    actor: str,
    action: str,
    subject: str,
    details: dict[str, Any],
    previous: str,
) -> str:
    """SHA-256, in hex, of the entry as a JSON array without white space, keys sorted, UTF-8."""
    fields = [chain, sequence, at, actor, action, subject, details, previous]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # What is not Unicode never gets as far as a database, but it may stand in a forged export.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def to_line(entry: Entry) -> str:
    return json.dumps(asdict(entry), sort_keys=True, ensure_ascii=False)


def from_lines(lines: Iterable[str]) -> Iterator[Entry]:
    for number, line in enumerate(lines, 1):
        try:
            yield Entry(**json.loads(line))
        except (ValueError, TypeError, RecursionError) as error:
            raise BrokenChain(f"line {number} is not an audit entry: {error}") from None


def verify(entries: Iterable[Entry]) -> tuple[int, str]:
    """Length and head of the chain. Raises BrokenChain at the first entry that does not fit. Linear, in one pass."""
    chain, length, head = "", 0, ""
    for entry in entries:
        if length == 0:
            chain, head = entry.chain, first_hash(entry.chain)
        where = f"entry {entry.sequence} of {entry.chain}"
        if entry.chain != chain:
            raise BrokenChain(f"{where}: belongs to another chain than {chain}")
        if entry.sequence != length + 1:
            raise BrokenChain(f"{where}: expected entry {length + 1}, so something is missing or was moved")
        if entry.previous_hash != head:
            raise BrokenChain(f"{where}: does not follow the entry before it")
        expected = entry_hash(
            chain=entry.chain,
            sequence=entry.sequence,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            subject=entry.subject,
            details=entry.details,
            previous=entry.previous_hash,
        )
        if entry.hash != expected:
            raise BrokenChain(f"{where}: was changed after it was written")
        length, head = entry.sequence, entry.hash
    return length, head


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: audit_chain.py EXPORT.jsonl\n")
        return 2
    try:
        with open(arguments[0], encoding="utf-8", errors="surrogateescape") as lines:
            length, head = verify(from_lines(lines))
    except (OSError, BrokenChain) as error:
        sys.stderr.write(f"audit_chain.py: {error}\n")
        return 1
    sys.stdout.write(f"{length} entries, unbroken; head {head or '(empty)'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
