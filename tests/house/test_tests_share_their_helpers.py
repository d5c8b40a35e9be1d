"""What two tests need stands once, in tests/support; and a test stands where the code stands that it is about."""

import ast
import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT, ROOMS

TESTS = CHECKOUT / "tests"
# What cuts across the rooms, each with a question of its own.
CROSS_CUTTING = {
    "access",
    "attacks",
    "browser",
    "field",
    "hostile",
    "house",
    "installation",
    "journey",
    "promises",
    "upgrade",
}
# Doors of sensors by kind of caller; their subjects get folders of their own as the doors themselves do.
DOORS_OF_SENSORS = {"admin", "api", "machines", "pages"}
ROOMS_OF_OTHER_LANGUAGES = {"bench", "sensor_kit"}
# Names of helpers that local functions may have, too.
LOCALLY_ANOTHER = {
    "main": "each program has one",
    "answer": "the gateway's tests make one, others send one or take the noise out of it",
    "ask_for_key": "by the operation, or by a box of the laboratory with its kit",
    "entry": "of the wanted state, of a revocation list, of the audit trail",
    "expired": "a story of a key request, or a code at enrolment: it names the test's case",
    "replaced": "the same",
}

Definition = ast.FunctionDef | ast.ClassDef


@functools.cache
def modules() -> dict[str, ast.Module]:
    return {str(file.relative_to(CHECKOUT)): ast.parse(file.read_text()) for file in sorted(TESTS.rglob("*.py"))}


def is_support(path: str) -> bool:
    return path.startswith("tests/support/")


def imports_of_tests(path: str, tree: ast.Module) -> Iterator[str]:
    """Test modules and conftests from which something is taken; pytest hands out a conftest's fixtures itself."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        yield from (f"{path}: {name}" for name in names if re.match(r"tests\.(\w+\.)*(test_\w+|conftest)$", name))


def definitions(tree: ast.Module) -> Iterator[Definition]:
    """Functions and classes at the top; neither tests nor what pytest calls by its name."""
    for node in tree.body:
        if isinstance(node, Definition) and not re.match(r"test_|pytest_", node.name):
            yield node


def is_fixture(node: Definition) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)


def work_of(node: Definition) -> str:
    """What it does, without its name and its docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    arguments = ast.unparse(node.args) if isinstance(node, ast.FunctionDef) else ""
    return "\n".join([re.sub(r": [\w.\[\], |]+", "", arguments), *map(ast.unparse, body)])


def written_again(trees: dict[str, ast.Module]) -> Iterator[str]:
    """Helpers that do the same, and those that have the name of one in tests/support.

    A fixture may have another's name: the nearest counts, as pytest has it.
    """
    by_name: dict[str, list[str]] = defaultdict(list)
    by_work: dict[str, list[str]] = defaultdict(list)
    shared: set[str] = set()
    for path, tree in trees.items():
        for node in definitions(tree):
            by_work[work_of(node)].append(f"{path}: {node.name}")
            if not is_fixture(node) and not node.name.startswith("_"):
                by_name[node.name].append(path)
                shared |= {node.name} if is_support(path) else set()
    yield from (" and ".join(places) for work, places in by_work.items() if work.strip("\n") and len(places) > 1)
    for name in shared:
        if len(by_name[name]) > 1:
            yield f"{name} in {', '.join(by_name[name])}"


def out_of_place(paths: Iterable[str]) -> list[str]:
    known = {*ROOMS, *CROSS_CUTTING, *DOORS_OF_SENSORS, *ROOMS_OF_OTHER_LANGUAGES, "support"}
    return [path for path in paths if Path(path).parts[1] not in known]


def strays(paths: Iterable[str]) -> list[str]:
    """Helpers that are not in tests/support."""
    ends = re.compile(r"/(test_\w+|conftest|__init__)\.py$")
    return [path for path in paths if not is_support(path) and not ends.search(path)]


def names_of(found: Iterable[str]) -> set[str]:
    return {line.partition(" in ")[0] for line in found}


def test_no_test_takes_anything_from_another_test():
    assert [line for path, tree in modules().items() for line in imports_of_tests(path, tree)] == []


def test_every_helper_is_in_the_one_package():
    assert strays(modules()) == []


def test_no_helper_is_written_twice():
    assert sorted(line for line in written_again(modules()) if line.partition(" in ")[0] not in LOCALLY_ANOTHER) == []


def test_no_exception_is_left_that_is_none_any_more():
    assert set(LOCALLY_ANOTHER) - names_of(written_again(modules())) == set()


def test_every_folder_is_a_room_or_cuts_across_them():
    assert out_of_place(path for path in modules() if len(Path(path).parts) > 2) == []


def test_every_folder_in_a_room_is_one_of_the_room_itself():
    """As far as it goes: tests of one module may stand beside those of its neighbours."""
    folders = {str(Path(path).parent.relative_to("tests")) for path in modules()}
    inside = {folder for folder in folders if folder.partition("/")[0] in ROOMS}
    assert [folder for folder in sorted(inside) if not (CHECKOUT / folder).is_dir()] == []


SUPPORT = "def wait(condition):\n    while not condition(): pass"
PLANTED = {
    "the same helper under another name": {
        "tests/pki/test_x.py": "def rest(condition):\n    while not condition(): pass"
    },
    "the same helper with a docstring": {"tests/pki/test_x.py": f"def rest(condition):\n    'Rest.'\n{SUPPORT[20:]}"},
    "another helper of the same name": {"tests/pki/test_x.py": "def wait(seconds): sleep(seconds)"},
    "a class of the same name": {"tests/support/y.py": "class wait: number = 1"},
    "the same fixture in two folders": {
        "tests/pki/conftest.py": "@pytest.fixture\ndef door(): return open_door()",
        "tests/lab/conftest.py": "@pytest.fixture\ndef entrance(): return open_door()",
    },
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_what_is_written_again_is_found(planted: dict[str, str]):
    trees = {path: ast.parse(text) for path, text in {"tests/support/x.py": SUPPORT, **planted}.items()}
    assert len(list(written_again(trees))) == 1


@pytest.mark.parametrize(
    "planted",
    [
        {"tests/pki/test_x.py": "def test_wait(): assert wait(1)"},
        {"tests/pki/test_x.py": "@pytest.fixture\ndef wait(): return 1"},
        {"tests/pki/test_x.py": "def ask(): return 1", "tests/lab/test_x.py": "def ask(): return 2"},
    ],
    ids=["a test", "a fixture of that name", "two of no helper's name"],
)
def test_what_is_not_written_again_is_not_found(planted: dict[str, str]):
    trees = {path: ast.parse(text) for path, text in {"tests/support/x.py": SUPPORT, **planted}.items()}
    assert list(written_again(trees)) == []


@pytest.mark.parametrize(
    "line",
    [
        "from tests.pki.test_crl import build",
        "from tests.pki import test_crl",
        "import tests.pki.test_crl",
        "from tests.pki.authority.test_crl import build",
        "from tests.admin.conftest import fleet",
        "def test_one():\n    from tests.pki.test_crl import build",
    ],
)
def test_what_is_taken_from_a_test_is_found(line: str):
    assert list(imports_of_tests("tests/lab/test_x.py", ast.parse(line)))


def test_a_folder_that_is_no_room_and_a_helper_outside_are_found():
    assert out_of_place(["tests/odds/test_x.py", "tests/pki/escrow/test_x.py"]) == ["tests/odds/test_x.py"]
    assert strays(["tests/pki/making.py", "tests/support/x.py", "tests/pki/test_x.py"]) == ["tests/pki/making.py"]
