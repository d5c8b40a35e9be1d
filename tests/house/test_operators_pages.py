"""Each command of docs/operators is typed by a test that reads it there, or says why not; no link leads nowhere."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.support.checkout import CHECKOUT
from tests.support.installation.documented import Block, all_blocks, blocks_of, operators_pages

TASKS = {
    "install", "first-customer", "gateway", "sensor", "upgrade", "backup", "restore", "rotate", "move-host", "incident",
    "retire-gateway", "two-hosts", "many-boxes", "advisories",
}  # fmt: skip
HOSTS = {"portal", "gateway", "router", "box", "another machine"}
SHORTEST_REASON = 20
TEXTS = sorted(
    path
    for path in [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("*/*.md"), *CHECKOUT.glob("docs/**/*.md")]
    if ".venv" not in path.parts
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
NAMED_PAGE = re.compile(r"(?:docs/|usr/share/doc/nsm-portal/)((?:[\w-]+/)*[\w-]+\.md)")


def typed_by(test: Path) -> set[tuple[str, str]]:
    """Page and name of each block that the file asks for by `documented("page", "name")`."""
    calls = (node for node in ast.walk(ast.parse(test.read_text())) if isinstance(node, ast.Call))
    return {
        (str(node.args[0].value), str(node.args[1].value))
        for node in calls
        if getattr(node.func, "id", "") == "documented"
        and len(node.args) == 2
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[1], ast.Constant)
    }


def why_nothing_types(block: Block) -> Iterator[str]:
    where = f"docs/operators/{block.page}.md:{block.line}"
    if block.reason:
        if len(block.reason) < SHORTEST_REASON:
            yield f"{where}: say why no test can run it"
    elif not block.test:
        yield f"{where}: no comment before it names its test, or says why there is none"
    elif block.host not in HOSTS:
        yield f"{where}: no test has a host {block.host!r}"
    elif not (CHECKOUT / block.test).is_file():
        yield f"{where}: there is no {block.test}"
    elif (block.page, block.name) not in typed_by(CHECKOUT / block.test):
        yield f'{where}: {block.test} does not type documented("{block.page}", "{block.name}")'


def test_each_task_has_a_page_and_the_index_has_them_all():
    named = {path.stem for path in operators_pages()} - {"README"}
    assert named == TASKS
    index = next(path for path in operators_pages() if path.stem == "README").read_text()
    assert {link.removesuffix(".md") for link in LINK.findall(index)} >= TASKS


def test_each_block_is_typed_by_the_test_that_it_names_or_says_why_not():
    blocks = all_blocks()
    assert len(blocks) > 20
    assert [fault for block in blocks for fault in why_nothing_types(block)] == []
    names = [(block.page, block.name) for block in blocks if block.name]
    assert len(names) == len(set(names))


def test_each_block_that_a_test_types_is_there():
    tests = [path for path in (CHECKOUT / "tests").rglob("test_*.py") if "documented(" in path.read_text()]
    typed = {block for path in tests for block in typed_by(path)}
    assert typed - {(block.page, block.name) for block in all_blocks()} == set()


def test_each_command_that_a_page_names_is_one():
    known = set(get_commands())
    text = "".join(path.read_text() for path in [*operators_pages(), CHECKOUT / "docs" / "operations.md"])
    named = set(re.findall(r"nsm-portal manage ([a-z_]+)", text))
    assert len(named) > 8
    assert named - known == set()


PLANTED = """# A page
<!-- run on portal as {name}: {test} -->
```sh
true
```
"""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("```sh\ntrue\n```\n", "no comment before it"),
        ("<!-- not run: later -->\n```sh\ntrue\n```\n", "say why"),
        ("<!-- run on portal as a: tests/installation/test_nothing.py -->\n```sh\ntrue\n```\n", "there is no"),
        (PLANTED.format(name="a", test="tests/installation/test_portal_host.py"), "does not type"),
        (PLANTED.format(name="a", test="tests/a.py").replace("on portal", "on moon"), "no test has a host"),
    ],
)
def test_a_block_that_nothing_types_is_found(text: str, fault: str):
    [block] = blocks_of("planted", text)
    [found] = why_nothing_types(block)
    assert fault in found


@pytest.mark.parametrize("text", ["```\ntrue\n```\n", "```text\nseen\n```\n", "- x\n  ```sh\n  true\n  ```\n"])
def test_a_block_that_cannot_be_read_is_refused(text: str):
    with pytest.raises(ValueError, match="planted"):
        list(blocks_of("planted", text))


def test_what_is_to_be_seen_is_looked_for():
    [block] = blocks_of("planted", PLANTED.format(name="a", test="b") + "```text\n... of ... done\nOK\n```\n")
    assert block.not_seen_in("3 of 4 are done\nOK") == []
    assert block.not_seen_in("3 of 4\nare done") == ["... of ... done", "OK"]


def anchors(text: str) -> set[str]:
    """As a reader of the repository makes them of headings."""
    headings = re.findall(r"^#+ +(.+?) *$", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.M)
    plain = (unicodedata.normalize("NFC", re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading)) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def dead_links(path: Path, text: str) -> Iterator[str]:
    for link in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file.read_text())):
            yield f"{path.relative_to(CHECKOUT)}: {link}"


def test_no_link_leads_nowhere():
    assert len(TEXTS) > 20
    assert [dead for path in TEXTS for dead in dead_links(path, path.read_text())] == []


def test_a_dead_link_is_found():
    path = CHECKOUT / "docs" / "operations.md"
    text = "[a](nothing.md) [b](operators/install.md#nowhere) [c](operators/install.md#2-set-it-up) [d](https://x.example/)"
    assert [dead.rpartition(" ")[2] for dead in dead_links(path, text)] == [
        "nothing.md", "operators/install.md#nowhere",
    ]  # fmt: skip


def test_code_names_only_pages_that_are_there():
    endings = (".py", ".sh", ".service", ".timer", ".txt", ".html", ".yml", ".template", ".preinst", ".postinst")
    rooms = (
        "accounts",
        "database",
        "gateway",
        "limits",
        "notices",
        "packaging",
        "pki",
        "portal",
        "sensor-kit",
        "sensors",
        "tenants",
    )
    files = [
        path
        for room in (*rooms, "docs", "templates", "script")
        for path in (CHECKOUT / room).rglob("*")
        if path.is_file() and (path.suffix in endings or room == "script")
    ]
    named = [(path, page) for path in files for page in NAMED_PAGE.findall(path.read_text(errors="ignore"))]
    assert len(named) > 15
    missing = [
        f"{path.relative_to(CHECKOUT)}: {page}" for path, page in named if not (CHECKOUT / "docs" / page).exists()
    ]
    assert missing == []
