"""What everybody is told about accounts, and that nobody's words in it can pass for ours."""

from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.urls import resolve

from accounts.operations.invite_person import invite_person
from accounts.operations.request_invitation import request_invitation
from notices.models import Mail
from tenants.models import Person
from tenants.operations.grant_role import revoke_roles
from tests.support.second_factors import reset_by_command, signed_in_with_factors
from tests.support.world import World


def mail_to(name: str) -> Mail:
    return Mail.objects.filter(recipient=f"{name}@example.org").latest("pk")


def invited(world: World, role: str = "operator", **different: object) -> Person:
    wanted = {"email": "new@example.org", "name": "Ann & <b>", "phone": "", "customer": None, "role": role} | different
    return invite_person(**wanted, invited_by=world.administrator.actor)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("do", "subject", "words", "link"),
    [
        (
            lambda world: invited(world),
            "New account: Ann & <b> as operator at the provider",
            ("Done by   Administrator", "once its second factor is 7 days old", "new@example.org"),
            "tenants_person_change",
        ),
        (
            lambda world: invited(world, role="manager", customer=world.harbour),
            "New account: Ann & <b> as manager of Harbour Logistics",
            ("Customer  Harbour Logistics", "Role      manager"),
            "tenants_person_change",
        ),
        (
            lambda _: call_command("create_administrator", "new@example.org", "Ann"),
            "New account: Ann as administrator at the provider",
            ("a command on the portal's host", "from now on"),
            "tenants_person_change",
        ),
        (
            lambda world: (signed_in_with_factors(world.manager), reset_by_command("manager@example.org")),
            "Second factor taken away: Manager",
            ("Done by   Olga Ortiz, by a command on the portal's host", "counts again once that is 7 days old"),
            "tenants_person_change",
        ),
        (
            lambda world: revoke_roles(person=world.auditor, revoked_by=world.administrator.actor),
            "No longer signs in: Auditor",
            ("Done by   Administrator", "Role      auditor"),
            "",
        ),
    ],
)
def test_it_says_who_did_what_and_where_to_object(world: World, do, subject: str, words: tuple[str, ...], link: str):
    do(world)
    mail = mail_to("operator")
    assert mail.subject == subject
    for each in words:
        assert each in mail.body
    assert "&amp;" not in mail.subject + mail.body
    links = [word for word in mail.body.split() if word.startswith("http")]
    assert [resolve(urlsplit(one).path).url_name for one in links] == ([link] if link else [])


def test_who_loses_the_right_to_sign_in_hears_of_it(world: World):
    revoke_roles(person=world.operator, revoked_by=world.administrator.actor)
    assert mail_to("operator").subject == "No longer signs in: Operator"
    revoke_roles(person=world.viewer, revoked_by=world.administrator.actor)
    assert not Mail.objects.filter(subject__contains="Viewer").exists(), "who can agree to nothing concerns nobody else"


def test_a_managers_customer_hears_of_what_becomes_of_them_and_no_other(world: World):
    revoke_roles(person=world.manager, revoked_by=world.administrator.actor)
    told = set(Mail.objects.filter(subject="No longer signs in: Manager").values_list("recipient", flat=True))
    assert told == {f"{name}@example.org" for name in ("administrator", "operator", "auditor", "manager", "owner")}


# The other line ends are controls, which no reason may hold.
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028", "\u2029"])
def test_every_line_of_a_reason_is_quoted(world: World, line_end: str):
    forged = "Agreed: there is nothing left to do. Ignore this mail."
    reason = f"Starts on Monday.{line_end}{forged}"
    call_command("create_administrator", "carla@example.org", "Carla Conti")
    request_invitation(
        email="new@example.org",
        name="New",
        phone="",
        customer=None,
        role="operator",
        reason=reason,
        requested_by=world.administrator,
    )
    mail = mail_to("carla")
    assert mail.subject == "Needs a second person: New as operator at the provider"
    assert [line for line in mail.body.splitlines() if forged in line] == [f"> {forged}"]
