"""Who makes accounts, roles and approvals: a way past the rules would have to be written down here."""

import ast

import pytest

from tests.support.sensors.source import dotted, modules_of_the_product

# What is called, or set, and the modules that may.
ONLY_HERE = {
    "open_account": {"accounts/operations/invite_person.py", "accounts/operations/agree_to_invitation.py"},
    "add_person": {"accounts/operations/open_account.py", "sensors/management/commands/seed_demo.py"},
    "grant_provider_role": {"accounts/operations/open_account.py", "sensors/management/commands/seed_demo.py"},
    "grant_customer_role": {
        "accounts/operations/open_account.py",
        "sensors/management/commands/seed_demo.py",
        "tenants/operations/agree_to_customer_role.py",
        "tenants/operations/change_customer_role.py",
    },
    "create_user": {"accounts/operations/add_person.py"},
    "groups.add": {"tenants/operations/grant_role.py"},
    "groups.set": set(),
    "is_active": {"tenants/operations/grant_role.py", "accounts/operations/open_account.py"},
    "is_staff": {"tenants/operations/grant_role.py"},
    "is_superuser": set(),
    "date_joined": set(),
    "email": set(),
    "verdict": {"tenants/operations/decide_approval.py", "tenants/operations/request_approval.py"},
}


def places(path: str, tree: ast.Module) -> set[tuple[str, str]]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            found |= {word for word in ONLY_HERE if name == word or name.endswith(f".{word}")}
            if name.split(".")[-1] == "update":
                found |= {keyword.arg for keyword in node.keywords if keyword.arg in ONLY_HERE}
        if isinstance(node, ast.Assign):
            targets = [part for target in node.targets for part in ast.walk(target)]
            found |= {part.attr for part in targets if isinstance(part, ast.Attribute) and part.attr in ONLY_HERE}
    return {(word, path) for word in found}


def test_accounts_roles_and_verdicts_are_made_where_the_rules_are():
    found = {place for path, tree in modules_of_the_product().items() for place in places(path, tree)}
    assert found == {(word, path) for word, paths in ONLY_HERE.items() for path in paths}


@pytest.mark.parametrize(
    ("word", "planted"),
    [
        ("groups.add", "person.groups.add(group)"),
        ("open_account", "open_account(email=email)"),
        ("is_staff", "person.is_staff = True"),
        ("is_active", "person.name, person.is_active = name, True"),
        ("verdict", "Approval.objects.filter(pk=1).update(verdict='approved')"),
        ("date_joined", "Person.objects.update(date_joined=then)"),
    ],
)
def test_a_planted_breach_is_found(word: str, planted: str):
    assert places("sensors/pages/planted.py", ast.parse(planted)) == {(word, "sensors/pages/planted.py")}
