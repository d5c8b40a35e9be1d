"""Every text of the product that has a translation: where it stands in templates and modules, and in the catalogues."""

import ast
from collections.abc import Iterator
from functools import cache

from django.template import Engine
from django.template.base import FilterExpression, Node, NodeList, Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.functional import Promise

from portal.catalogues import Message, read_catalogue
from tests.support.checkout import CHECKOUT, ROOMS

LANGUAGES = ("de", "fr")
# Which of a call's arguments are texts: the context, the text, its plural.
_CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
}


@cache
def catalogue(language: str) -> dict[tuple[str, str], Message]:
    """By context and text. The header's is empty."""
    messages = read_catalogue(CHECKOUT / "locale" / language / "LC_MESSAGES" / "django.po")
    return {message.key: message for message in messages}


@cache
def asked_for() -> dict[tuple[str, str], Message]:
    """What the product asks the catalogues for. Their translations are empty."""
    found: dict[tuple[str, str], Message] = {}
    for file in sorted((CHECKOUT / "templates").rglob("*")):
        if file.suffix in {".html", ".txt"} and "artifacts" not in file.parts:
            found |= {message.key: message for message in in_template(file.read_text())}
    for room in ROOMS:
        for file in sorted((CHECKOUT / room).rglob("*.py")):
            found |= {message.key: message for message in in_module(file.read_text())}
    return found


def in_template(source: str) -> Iterator[Message]:
    for node in _nodes(_compiled(source).nodelist):
        if isinstance(node, TranslateNode):
            yield Message(0, _constant(node.filter_expression), context=_constant(node.message_context))
        elif isinstance(node, BlockTranslateNode):
            text, _ = node.render_token_list(node.singular)
            plural = node.render_token_list(node.plural)[0] if node.plural else ""
            yield Message(0, text, plural, context=_constant(node.message_context))
        else:
            yield from _of_expressions(node)


def _compiled(source: str) -> Template:
    return Engine.get_default().from_string(source)


def _nodes(nodes: NodeList) -> Iterator[Node]:
    for node in nodes:
        yield node
        for name in node.child_nodelists:
            yield from _nodes(getattr(node, name, None) or NodeList())
        # What `if` and the slots of allauth hold stands in other attributes.
        for _, inner in getattr(node, "conditions_nodelists", ()):
            yield from _nodes(inner)


def _of_expressions(node: Node) -> Iterator[Message]:
    """Of `_("...")` as what is handed on by `include`, `with` and filters."""
    expressions = [getattr(node, "filter_expression", None), *getattr(node, "extra_context", {}).values()]
    for expression in expressions:
        if isinstance(expression, FilterExpression):
            variables = [expression.var, *(argument for _, given in expression.filters for _, argument in given)]
            # Django has made them lazy when it compiled the template: in English they are what they were.
            yield from (Message(0, str(variable)) for variable in variables if isinstance(variable, Promise))


def _constant(expression: object) -> str:
    """Empty for none."""
    variable = getattr(expression, "var", None)
    return str(getattr(variable, "literal", variable) or "")


def in_module(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            context, text, plural = (None if at is None else node.args[at] for at in _CALLS[node.func.id])
            if isinstance(text, ast.Constant):
                yield Message(0, str(text.value), _value(plural), context=_value(context))


def _value(node: ast.expr | None) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""
