"""One operation, one module, one name: who reads `report_loss` anywhere finds it in `operations/report_loss.py`."""

import ast
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT, ROOMS

# Modules whose public functions share what is private to them, under a name of their own. None is to be added.
SHARED = {
    "gather_facts": "the facts of each kind of artifact",
    "grant_role": "two kinds of roles, and the end of both",
    "issue_enrolment_code": "a sensor's code and a gateway's",
    "set_up_gateway": "a gateway's row made, and changed",
    "settled_changes": "for whatever key, and for one",
}
MODULES = [
    file
    for room in ROOMS
    for file in sorted((CHECKOUT / room).rglob("operations/**/*.py"))
    if file.name != "__init__.py"
]


def functions(source: str) -> set[str]:
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(CHECKOUT)))
def test_each_module_has_the_function_of_its_own_name(module: Path):
    assert (module.stem in functions(module.read_text())) is (module.stem not in SHARED)


def test_each_exception_is_still_one():
    assert set(SHARED) <= {module.stem for module in MODULES}
    assert len(MODULES) > 80


def test_a_name_stands_for_one_operation():
    stems = [module.stem for module in MODULES]
    assert sorted({stem for stem in stems if stems.count(stem) > 1}) == []


def test_operations_do_not_hide_in_others_files():
    """An operation has a module; a function in another's file that has its name would be a second one."""
    stems = {module.stem for module in MODULES}
    hidden = {
        f"{module.relative_to(CHECKOUT)}: {name}"
        for module in MODULES
        for name in functions(module.read_text()) - {module.stem}
        if name in stems
    }
    assert hidden == set()
