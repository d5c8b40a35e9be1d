"""What the audit trail can tell of is one list with one grammar, and nothing else gets into it."""

import ast
import re

import pytest

from accounts.operations.record_sign_in import Step
from sensors.fleet import gateway_steps
from tenants.audit.actions import AuditAction
from tenants.models import ApprovalVerdict
from tenants.models.account_change import AccountStep
from tests.support.sensors.source import dotted, modules_of_the_product

GRAMMAR = re.compile(r"[a-z]+(-[a-z]+)*(:[a-z]+(-[a-z]+)*){1,2}")
# Who writes an entry, by the last word of what is called.
WRITERS = {"record_customer_audit", "record_provider_audit", "record_approval_audit", "CustomerEntry"}
LISTED = "tenants/audit/actions.py"


def written_out(path: str, tree: ast.Module) -> list[str]:
    """Entries whose action is put together on the spot instead of being taken from the list."""
    return [
        f"{path}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in WRITERS
        for keyword in node.keywords
        if keyword.arg == "action" and isinstance(keyword.value, ast.Constant | ast.JoinedStr | ast.BinOp)
    ]


@pytest.mark.parametrize("action", AuditAction)
def test_each_follows_the_grammar_fits_the_column_and_is_named_after_itself(action: AuditAction):
    assert GRAMMAR.fullmatch(action)
    assert len(action) <= 60
    assert action.name == re.sub("[:-]", "_", action).upper()


def test_what_is_written_comes_from_the_list():
    assert [place for path, tree in modules_of_the_product().items() for place in written_out(path, tree)] == []


def test_what_stands_in_the_list_is_written():
    used = {
        node.attr
        for path, tree in modules_of_the_product().items()
        if path != LISTED
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and dotted(node.value) == "AuditAction"
    }
    assert used == set(AuditAction.__members__)


def test_the_lists_of_others_speak_in_its_words():
    words = {*Step, *AccountStep.values, *gateway_steps.ACTIONS, gateway_steps.ENROL}
    assert words <= set(AuditAction)
    decided = set(ApprovalVerdict) - {ApprovalVerdict.EXPIRED}  # that nobody does
    assert {f"approval:{verdict}" for verdict in decided} <= set(AuditAction)


@pytest.mark.parametrize(
    "planted",
    [
        "record_customer_audit(customer=c, action='site:close', subject=s)",
        "record_audit.record_provider_audit(action=f'site:{verb}', subject=s)",
        "CustomerEntry(action='site:' + verb)",
    ],
)
def test_a_planted_breach_is_found(planted: str):
    assert written_out("planted.py", ast.parse(planted))
