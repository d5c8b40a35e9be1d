"""The product's own source as syntax trees, for the habits that no type checker sees."""

import ast

from tests.support.checkout import CHECKOUT

PACKAGES = ("portal", "sensors", "accounts", "tenants", "pki", "notices")


def modules_of_the_product() -> dict[str, ast.Module]:
    """By path from the root; migrations are Django's."""
    files = [file for package in PACKAGES for file in sorted((CHECKOUT / package).rglob("*.py"))]
    return {
        str(file.relative_to(CHECKOUT)): ast.parse(file.read_text(encoding="utf-8"))
        for file in files
        if "migrations" not in file.parts
    }


def dotted(node: ast.AST) -> str:
    """`a.b().c` as 'a.b.c'; calls and subscripts are passed through, anything else is nothing."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    return node.id if isinstance(node, ast.Name) else ""
