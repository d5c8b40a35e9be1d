"""For somebody who has lost the phone and the recovery codes."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client

from notices.models import Mail
from tenants.models import AuditEntry
from tests.support.audit_rows import no_room_for_an_entry
from tests.support.locked_tables import CHAIN, locks
from tests.support.second_factors import reset_by_command, signed_in_with_factors
from tests.support.world import World


def test_it_takes_every_factor_away_and_ends_that_persons_sessions_only(world: World):
    mine, other = signed_in_with_factors(world.manager), signed_in_with_factors(world.operator)
    assert "1 session(s) ended" in reset_by_command("  Manager@Example.org ")
    assert set(Authenticator.objects.values_list("user", flat=True)) == {world.operator.pk}
    assert mine.get("/").status_code == 302
    assert other.get("/sensors/").status_code == 200


def test_it_ends_sessions_also_where_another_secret_key_is_at_hand(world: World, settings: Any):
    """Then no session can be opened to see whose it is."""
    mine = signed_in_with_factors(world.manager)
    assert mine.get("/sensors/").status_code == 200
    doors_key, settings.SECRET_KEY = settings.SECRET_KEY, "that of a command run elsewhere"
    assert "0 session(s) ended" in reset_by_command("manager@example.org")
    settings.SECRET_KEY = doors_key
    assert mine.get("/").status_code == 302


@pytest.mark.parametrize(("name", "chains"), [("manager", ["harbour"]), ("operator", [None])])
def test_it_leaves_a_row_that_names_who_decided_it_and_a_mail_to_the_person(
    world: World, name: str, chains: list[str | None]
):
    signed_in_with_factors(getattr(world, name))
    before = AuditEntry.objects.latest("pk").pk
    reset_by_command(f"{name}@example.org")
    rows = AuditEntry.objects.filter(pk__gt=before).order_by("pk")
    assert [row.chain.customer and row.chain.customer.slug for row in rows] == chains
    row = rows[0]
    assert (row.action, row.actor, row.subject) == (
        "person:second-factor:off",
        "process:reset_second_factor",
        f"{name}@example.org",
    )
    assert row.details["by"] == "Olga Ortiz"
    assert row.details["kinds"] == ["recovery_codes", "totp"]
    mail = Mail.objects.latest("pk")
    assert mail.recipient == f"{name}@example.org"
    assert "turned off" in mail.body
    assert "from the network address of the portal's own host." in mail.body


def test_without_its_row_nothing_is_taken_away(world: World):
    client = signed_in_with_factors(world.manager)
    with no_room_for_an_entry(), pytest.raises(Exception, match="no room"):
        reset_by_command("manager@example.org")
    assert Authenticator.objects.count() == 2
    assert client.get("/sensors/").status_code == 200
    assert not Mail.objects.filter(body__contains="turned off").exists()


def test_the_person_is_locked_first_and_the_chain_last(world: World):
    signed_in_with_factors(world.manager)
    with locks() as order:
        reset_by_command("manager@example.org")
    assert order == ["tenants_person", CHAIN]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody@example.org", "--by", "Olga"], "There is nobody"),
        (["viewer@example.org", "--by", "Olga"], "has no second factor"),
        (["manager@example.org", "--by", "Olga\nand root"], "--by: "),
        (["manager@example.org"], "--by"),
    ],
)
def test_it_says_why_it_does_nothing(world: World, arguments: list[str], said: str):
    signed_in_with_factors(world.manager)
    Client().force_login(world.viewer)
    with pytest.raises(CommandError, match=said):
        call_command("reset_second_factor", *arguments)
    assert Authenticator.objects.count() == 2
    assert Session.objects.count() == 2
