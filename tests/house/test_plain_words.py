"""Documents, templates, messages and comments are written in words of today; tables in documents can be read."""

import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.support.checkout import CHECKOUT

# Each with what to say instead. A word within an identifier, a path or a code (`enrolled-anew`) is none.
OLD_WORDS = {
    "anew": "again, a new ...",
    "whoever": "the one who, anybody who, or who it is",
    "whosoever": "anybody who",
    "of late": "lately, or since when",
    "hence": "so, from now on",
    "thereof": "of it",
    "thereby": "by that",
    "therein": "in it",
    "whereby": "by which",
    "wherein": "in which",
    "whence": "from where",
    "heretofore": "until now",
    "forthwith": "at once",
    "lest": "so that ... not",
    "albeit": "though",
    "whilst": "while",
}
FOUND = re.compile(rf"(?<![\w./-])({'|'.join(OLD_WORDS)})(?![\w/-])", re.IGNORECASE)
LONGEST_CELL = 300
_HASHES = (CHECKOUT / "tests/upgrade/frozen/migrations.sha256").read_text(encoding="utf-8")
# Migrations read these files.
FROZEN = {line[66:].removeprefix("./") for line in _HASHES.splitlines()}
# Migrations describe the models' help texts.
FROZEN_TEXTS = ("By the clock of whoever saw it, where that can be true.",)
# Other people's texts, data, and this list of the words.
LEFT_OUT = ("LICENSE", "tests/house/test_plain_words.py", "tests/upgrade/frozen/")
ENDINGS = (
    ".md",
    ".txt",
    ".html",
    ".sh",
    ".awk",
    ".sql",
    ".conf",
    ".template",
    ".service",
    ".socket",
    ".timer",
    ".toml",
    ".css",
    ".js",
)


def files() -> list[str]:
    """Of the checkout, or of a copy of it without git: all but what a run makes."""
    made = {".git", ".venv", "__pycache__", "node_modules", ".state", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
    return sorted(
        str(file.relative_to(CHECKOUT))
        for file in CHECKOUT.rglob("*")
        if not made & set(file.relative_to(CHECKOUT).parts) and file.is_file()
    )


def written(name: str, text: str) -> Iterator[tuple[int, str]]:
    """The words of a file by line: of Python comments and texts, of others all, of documents without what is code."""
    for frozen in FROZEN_TEXTS:
        text = text.replace(frozen, "")
    if not name.endswith(".py"):
        if name.endswith(".md"):
            text = re.sub(r"`[^`]*`", lambda code: "\n" * code[0].count("\n"), text)
        if name.endswith((".html", ".txt")):
            text = re.sub(r"\{[{%].*?[%}]\}", "", text)
        yield from enumerate(text.split("\n"), 1)
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if tokenize.tok_name[token.type] in {"COMMENT", "STRING", "FSTRING_MIDDLE"}:
            yield from enumerate(re.sub(r"`[^`\n]*`", "", token.string).split("\n"), token.start[0])


def old_words(name: str, text: str) -> list[str]:
    return [
        f"{name}:{number}: {found[1]} (say: {OLD_WORDS[found[1].lower()]})"
        for number, line in written(name, text)
        for found in FOUND.finditer(line)
    ]


def table_cells(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("|"):
            for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")):
                yield number, cell.strip()


def long_cells(text: str) -> list[int]:
    return [number for number, cell in table_cells(text) if len(cell) > LONGEST_CELL]


READ = [
    name
    for name in files()
    if name not in FROZEN
    and not name.startswith(LEFT_OUT)
    and "/migrations/" not in name
    and (name.endswith((".py", *ENDINGS)) or name.startswith("script/"))
]
DOCUMENTS = [name for name in READ if name.endswith(".md")]


def test_nobody_writes_in_words_of_yesterday():
    assert len(READ) > 800
    found = [word for name in READ for word in old_words(name, (CHECKOUT / name).read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_cell_of_a_table_is_longer_than_can_be_read(name: str):
    assert long_cells((CHECKOUT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("planted.md", "It begins anew.\n"),
        ("planted.html", "{% if a %}Whoever asks{% endif %}\n"),
        ("planted.py", "x = 1  # of late\n"),
        ("planted.py", 'def f():\n    """Enrols\n    anew."""\n'),
        ("planted.sh", "# Hence it fails.\n"),
    ],
)
def test_an_old_word_is_found(name: str, text: str):
    assert len(old_words(name, text)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("planted.md", "The reason `enrolled-anew` stays, and so does enrolled-anew.\n"),
        ("planted.html", '{% if reason == "anew" %}Again{% endif %}\n'),
        ("planted.py", "enrolled_anew = anew = 1  # as `anew` says\n"),
        ("planted.py", "REASON = 'enrolled-anew'\n"),
    ],
)
def test_an_identifier_is_no_word(name: str, text: str):
    assert old_words(name, text) == []


def test_a_long_cell_is_found_and_a_long_line_is_none():
    assert long_cells(f"| a | {'b' * 301} |\n") == [1]
    assert long_cells(f"{'b' * 301}\n| {'a' * 300} | {'b' * 300} |\n") == []
