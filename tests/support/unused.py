"""What of the product's own names nobody uses: found by name in the source, so that a name used anywhere counts.

What a framework calls is told by its class: a method that one of the bases has, a check of a form's field, a function
that is handed to a registry by its decorator.
"""

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.support.checkout import CHECKOUT, ROOMS

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
# A decorator whose last word is one of these hands the function to somebody who calls it.
REGISTRIES = frozenset({"action", "connect", "fixture", "override", "register", "simple_tag", "shared_task", "task"})
# What Django looks for under this very name.
BY_CONVENTION = frozenset({"Command", "Meta", "app_name", "application", "urlpatterns", "handler403", "handler404"})
# Classes that are known to a framework once they are written down.
ENTER_THEMSELVES = frozenset({"OpenApiAuthenticationExtension"})
ANNOTATION = r"[\w\[\], |.]+"
DOTTED = r"[A-Za-z_][\w.]*"
# A name in a template's tag is a use, and so is one in a dotted path in any of these: `portal.wsgi_people:application`.
TEXTS = ("templates", "script", "portal/deploy", ".ci", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Named:
    """One definition, by its file and its name inside it, as in `Sensor.Meta`."""

    path: str
    name: str
    node: Definition

    @property
    def word(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def place(self) -> str:
        return f"{self.path}: {self.name}"


def unused(trees: dict[str, ast.Module], texts: str) -> list[Named]:
    """The definitions in `trees`, by path, that nothing there and nothing in `texts` names, but they themselves."""
    in_texts = set(re.findall(r"\w+", texts))
    read = {path: Counter(names_in(tree)) for path, tree in trees.items()}
    taken = {path: set(imports_in(tree)) for path, tree in trees.items()}
    asked = sum((Counter(attributes_in(tree)) for tree in trees.values()), Counter[str]())
    called = sum((Counter(calls_in(tree)) for tree in trees.values()), Counter[str]())
    read_where_taken = Counter[str]()
    for path, words in taken.items():
        read_where_taken.update({word: read[path][word] for word in words})
    found: list[Named] = []
    for path, tree in trees.items():
        for named in _definitions(path, tree.body):
            if named.word in in_texts or is_called_by_others(named):
                continue
            # A row of facts may have an attribute of the same name as a query: a query is called.
            uses, find = (called, calls_in) if "QuerySet." in named.name else (asked, attributes_in)
            times = uses[named.word] - Counter(find(named.node))[named.word]
            # A name is another's unless the file imports this one, or is where it stands.
            times += read[path][named.word] - Counter(names_in(named.node))[named.word]
            times += read_where_taken[named.word] - (read[path][named.word] if named.word in taken[path] else 0)
            if times <= 0:
                found.append(named)
    return found


def _definitions(path: str, body: list[ast.stmt], prefix: str = "") -> Iterator[Named]:
    """Functions, classes, methods, and constants in capitals; not what is inside functions, nor dunder names."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not node.name.startswith("__"):
                yield Named(path, f"{prefix}{node.name}", node)
            if isinstance(node, ast.ClassDef):
                yield from _definitions(path, node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for part in ast.walk(target):
                    if (
                        isinstance(part, ast.Name)
                        and (part.id.isupper() or not prefix)
                        and not part.id.startswith("__")
                    ):
                        yield Named(path, f"{prefix}{part.id}", node)
        elif isinstance(node, ast.If):
            yield from _definitions(path, [*node.body, *node.orelse], prefix)


def names_in(tree: ast.AST) -> Iterator[str]:
    """Names that are read, also in a quoted annotation."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(ANNOTATION, node.value):
            yield from set(re.findall(r"[A-Z]\w*", node.value))


def attributes_in(tree: ast.AST) -> Iterator[str]:
    """What is asked of something, and strings that are nothing but a name or a dotted path."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if alias.asname)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(DOTTED, node.value):
            yield from node.value.split(".")


def imports_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def words_in(tree: ast.AST) -> Iterator[str]:
    yield from names_in(tree)
    yield from attributes_in(tree)


def calls_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def is_called_by_others(named: Named) -> bool:
    """By a framework, as far as its name, its decorators and its class tell."""
    if named.word in BY_CONVENTION:
        return True
    if isinstance(named.node, ast.FunctionDef | ast.AsyncFunctionDef):
        decorators = {ast.unparse(each).partition("(")[0].rpartition(".")[2] for each in named.node.decorator_list}
        if decorators & REGISTRIES:
            return True
    if isinstance(named.node, ast.ClassDef) and {ast.unparse(base) for base in named.node.bases} & ENTER_THEMSELVES:
        return True
    inside, _, word = named.name.rpartition(".")
    return bool(inside) and belongs_to_base(named.path, inside, word)


def belongs_to_base(path: str, inside: str, word: str) -> bool:
    """Whether a class's name is one that its bases know, a field's check or value, or a member of an enum."""
    owner: object = importlib.import_module(".".join(Path(path).with_suffix("").parts).removesuffix(".__init__"))
    for part in inside.split("."):
        owner = getattr(owner, part, None)
    if not isinstance(owner, type):
        return False
    fields = {**getattr(owner, "base_fields", {}), **getattr(owner, "_declared_fields", {})}
    return (
        issubclass(owner, Enum)
        or any(word in vars(base) for base in owner.__mro__[1:])
        or re.sub(r"^(clean|get|validate)_", "", word) in fields
    )


def product() -> tuple[dict[str, ast.Module], str]:
    """The trees of all that runs in service or in the laboratory, and the texts that may name what is in them."""
    files = [file for room in ROOMS for file in sorted((CHECKOUT / room).rglob("*.py"))] + [CHECKOUT / "manage.py"]
    trees = {
        str(file.relative_to(CHECKOUT)): without_docstrings(ast.parse(file.read_text()))
        for file in files
        if "migrations" not in file.parts
    }
    others = [file for name in TEXTS for file in (CHECKOUT / name, *(CHECKOUT / name).rglob("*")) if file.is_file()]
    migrations = (
        word for file in files if "migrations" in file.parts for word in words_in(ast.parse(file.read_text()))
    )
    return trees, "\n".join([*map(in_code, others), *migrations])


def in_code(file: Path) -> str:
    """A template's tags, and dotted paths that begin in a room."""
    text = file.read_text()
    if file.is_relative_to(CHECKOUT / "templates"):
        return "\n".join(re.findall(r"\{[{%].*?[}%]\}", text))
    return "\n".join(re.findall(rf"\b(?:{'|'.join(ROOMS)})\.[\w.:]+", text))


def without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return tree
