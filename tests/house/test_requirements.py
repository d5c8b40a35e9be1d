"""Two sets of packages: what runs in service, and what only tests and linters need. Service installs the first."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT, ROOMS

FILES = ("requirements.txt", "requirements-dev.txt")
OURS = {*ROOMS, "manage"}
# Not on every Python, and why.
ONLY_ON_SOME = {"async-timeout": "the client of Redis brings it along before 3.11.3, where Python has its own"}

# Imports every module of the rooms, as Django sees them, while whatever is not installed in service cannot be found.
IMPORT_ALL = """
import importlib, importlib.abc, sys

class NotInstalled(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"not installed in service: {name}", name=name)

absent, modules = (set(text.split()) for text in sys.stdin)
sys.meta_path.insert(0, NotInstalled())
import django
django.setup()
from django.core.management import call_command
call_command("check", "--fail-level", "ERROR")
for module in sorted(modules):
    importlib.import_module(module)
"""


def pinned(file: str) -> dict[str, list[str]]:
    """Each package with the hashes of all its pins."""
    found: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=\S)", (CHECKOUT / file).read_text()):
        if match := re.match(r"([\w.-]+)==", block):
            found.setdefault(normal(match[1]), []).extend(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block))
    return found


def normal(name: str) -> str:
    """As packages are compared, with `_`, `.` and `-` alike."""
    return re.sub(r"[-_.]+", "-", name).lower()


def modules() -> Iterator[Path]:
    """Every file of Python that is installed in service, or runs in the demonstration."""
    for room in ROOMS:
        yield from sorted((CHECKOUT / room).rglob("*.py"))
    yield CHECKOUT / "manage.py"


def imported(file: Path) -> Iterator[str]:
    """The top-level packages that a file asks for, wherever in it, but not those that only a type checker reads."""
    tree = ast.parse(file.read_text())
    for node in list(ast.walk(tree)):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("file", FILES)
def test_every_package_is_pinned_with_its_hashes(file: str):
    lines = (CHECKOUT / file).read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert [line for line in packages if not re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.!+]+( ; .*)? \\$", line)] == []
    assert [name for name, hashes in pinned(file).items() if not hashes] == []
    assert len(pinned(file)) > 20


def test_no_package_stands_in_both_sets_so_none_has_two_versions():
    assert set(pinned(FILES[0])) & set(pinned(FILES[1])) == set()


@pytest.mark.parametrize("file", FILES)
def test_every_python_has_the_same_version_of_a_package(file: str):
    """So that a page looks the same on Debian 12 and 13: one pin each, and none left out by the version of Python."""
    pins = re.findall(r"^([\w.-]+)(?:\[.*\])?==([^\s;]+)(?: ; (.*))? \\$", (CHECKOUT / file).read_text(), re.MULTILINE)
    names = [normal(name) for name, _, _ in pins]
    assert set(names) == set(pinned(file))
    assert {name for name in names if names.count(name) > 1} == set()
    only_on_some = {normal(name) for name, _, marker in pins if "python_" in marker.replace("platform_python_", "")}
    assert only_on_some <= set(ONLY_ON_SOME)


def test_what_the_short_lists_ask_for_is_in_the_set_of_its_own():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    in_service = {normal(re.split(r"[\[<>=]", line)[0]) for line in project["dependencies"]}
    only_for_tests = {normal(re.split(r"[\[<>=]", line)[0]) for line in project["optional-dependencies"]["dev"]}
    assert in_service <= set(pinned("requirements.txt"))
    assert only_for_tests <= set(pinned("requirements-dev.txt"))


def test_nothing_that_runs_in_service_imports_what_is_not_installed_there():
    installed, providers = set(pinned("requirements.txt")), packages_distributions()
    missing = {
        f"{file.relative_to(CHECKOUT)} imports {name}"
        for file in modules()
        for name in imported(file)
        if name not in sys.stdlib_module_names and name not in OURS
        if not installed & {normal(provider) for provider in providers.get(name, ())}
    }
    assert missing == set()


@pytest.mark.live
def test_django_and_every_module_come_up_without_the_test_tools():
    """Also what is named in a string: an application, a middleware, a back end."""
    in_service = set(pinned("requirements.txt"))
    absent = {
        name
        for name, providers in packages_distributions().items()
        if not in_service & {normal(provider) for provider in providers}
    } - {"pip", "setuptools", "pkg_resources", "_distutils_hack"}
    assert {"pytest", "mypy", "playwright"} <= absent
    names = [".".join(file.relative_to(CHECKOUT).with_suffix("").parts) for file in modules()]
    names = [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        input=f"{' '.join(absent)}\n{' '.join(names)}\n",
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
