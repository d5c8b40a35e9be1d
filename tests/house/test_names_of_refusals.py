"""One spelling for what is raised: it is named after what happened (CodeRefused, BrokenChain), never `...Error`."""

import ast

from tests.support.checkout import CHECKOUT, ROOMS

FILES = [
    file for folder in (*ROOMS, "bench", "packaging", "tests") for file in sorted((CHECKOUT / folder).rglob("*.py"))
]


def classes_named_error(source: str) -> list[str]:
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Error", "Exception"))
    ]


def test_no_class_is_named_error():
    assert len(FILES) > 500
    found = {str(file.relative_to(CHECKOUT)): classes_named_error(file.read_text()) for file in FILES}
    assert {name: classes for name, classes in found.items() if classes} == {}


def test_one_that_is_would_be_found():
    assert classes_named_error("class Good(Exception): ...\nclass CodeRefusedError(Exception): ...") == [
        "CodeRefusedError"
    ]
