"""The commands that an operators' page tells to type: tests type those, so that the page cannot lie.

A comment before each block names host, block and test, or says why none runs it (docs/operators/README.md).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.checkout import CHECKOUT

FOLDER = CHECKOUT / "docs" / "operators"
_MARKER = re.compile(
    r"<!-- (?:run on (?P<host>[a-z ]+) as (?P<name>[a-z-]+): (?P<test>\S+)|not run: (?P<reason>.+)) -->"
)
_FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """`test` and `reason`: one of them is empty, both where no comment stands before the block."""

    page: str
    line: int
    name: str
    host: str
    test: str
    reason: str
    commands: str
    seen: tuple[str, ...]

    def not_seen_in(self, output: str) -> list[str]:
        """The lines of what must be seen that are not there; `...` in one stands for anything within a line."""
        return [
            line
            for line in self.seen
            if not re.search(".*".join(re.escape(part) for part in line.strip().split("...")), output)
        ]


def operators_pages() -> list[Path]:
    return sorted(FOLDER.glob("*.md"))


def blocks_of(page: str, text: str) -> Iterator[Block]:
    """All blocks of commands of a page. Raises ValueError for a fence that is neither commands nor what is seen."""
    fences = list(_FENCE.finditer(text))
    if text.count("```") != 2 * len(fences):
        raise ValueError(f"{page}: a block is not closed, or does not begin at the line's beginning.")
    taken = set[int]()
    for number, fence in enumerate(fences):
        if number in taken:
            continue
        line = text[: fence.start()].count("\n") + 1
        if fence["kind"] != "sh":
            raise ValueError(f"{page}:{line}: a block is `sh`, or `text` right after one of `sh`.")
        seen: tuple[str, ...] = ()
        after = fences[number + 1] if number + 1 < len(fences) else None
        if after and after["kind"] == "text" and not text[fence.end() : after.start()].strip():
            seen = tuple(filter(None, after["body"].splitlines()))
            taken.add(number + 1)
        before = text[: fence.start()].rstrip("\n").rpartition("\n")[2]
        marked = _MARKER.fullmatch(before)
        said = {key: value or "" for key, value in marked.groupdict().items()} if marked else {}
        yield Block(
            page=page,
            line=line,
            commands=fence["body"],
            seen=seen,
            **{key: said.get(key, "") for key in ("name", "host", "test", "reason")},
        )


def all_blocks() -> list[Block]:
    return [block for path in operators_pages() for block in blocks_of(path.stem, path.read_text())]


def documented(page: str, name: str) -> Block:
    """The block of that name on that page. Raises LookupError if there is none."""
    for block in blocks_of(page, (FOLDER / f"{page}.md").read_text()):
        if block.name == name:
            return block
    raise LookupError(f"docs/operators/{page}.md has no block {name!r}.")
