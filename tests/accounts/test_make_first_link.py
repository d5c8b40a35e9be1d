"""The first administrator begins with a link from the terminal, which is worth as much as a mailed one, and no more."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.operations.invite_person import invite_person
from accounts.operations.make_first_link import make_first_link
from accounts.password_links import password_link
from tenants.actors import Actor
from tenants.models import AuditEntry, Person
from tenants.roles import CustomerRole, ProviderRole
from tests.support.one_time_codes import code_of

HOST = Actor.process("test")
PASSWORD = "a long password of the first"
EMAIL = "ada@example.org"


@pytest.fixture
def ada(db: None) -> Person:
    return invite_person(
        email=EMAIL, name="Ada", phone="", customer=None, role=ProviderRole.ADMINISTRATOR, invited_by=HOST
    )


def set_password(client: Client, path: str) -> None:
    form = client.get(path)["Location"]
    done = client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    assert done["Location"] == "/accounts/password/reset/key/done/"


def turn_on_second_factor(client: Client, email: str) -> int:
    """The status of the admin afterwards."""
    client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    if page.status_code == 200:
        client.post("/accounts/2fa/totp/activate/", {"code": code_of(client.session["mfa.totp.secret"])})
    return client.get("/admin/").status_code


def test_it_leads_to_a_password_and_a_second_factor_and_into_the_admin(ada: Person, client: Client, settings: Any):
    settings.SECOND_FACTOR = "required"
    set_password(client, make_first_link(email=EMAIL, made_by=HOST))
    assert turn_on_second_factor(client, EMAIL) == 200


def test_who_has_set_a_password_by_a_mailed_link_is_not_shut_out_where_a_second_factor_is_demanded(
    world: Any, client: Client, settings: Any
):
    settings.SECOND_FACTOR = "required"
    set_password(client, password_link(world.administrator))
    assert turn_on_second_factor(client, world.administrator.email) == 200


def test_it_is_good_once(ada: Person, client: Client):
    path = make_first_link(email=EMAIL, made_by=HOST)
    set_password(client, path)
    assert Client().get(path).status_code == 200  # the page that says so, not the form


def test_it_is_in_the_audit_trail(ada: Person):
    make_first_link(email=EMAIL, made_by=HOST)
    entry = AuditEntry.objects.order_by("-pk").first()
    assert entry is not None
    assert (entry.action, entry.actor, entry.subject) == ("person:password:ask", "process:test", EMAIL)


def test_it_opens_no_account_that_somebody_uses(ada: Person, client: Client):
    set_password(client, make_first_link(email=EMAIL, made_by=HOST))
    with pytest.raises(ValidationError, match="has a password"):
        make_first_link(email=EMAIL, made_by=HOST)
    with pytest.raises(CommandError, match="has a password"):
        call_command("show_first_link", EMAIL)


@pytest.mark.parametrize("role", [CustomerRole.CONTACT, CustomerRole.MANAGER])
def test_it_is_for_administrators_alone(world: Any, role: CustomerRole):
    invite_person(email="new@harbour.example", name="New", phone="", customer=world.harbour, role=role, invited_by=HOST)
    with pytest.raises(ValidationError, match="No administrator"):
        make_first_link(email="new@harbour.example", made_by=HOST)
