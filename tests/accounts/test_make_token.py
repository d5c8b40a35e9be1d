"""Tokens that people make for programs."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import AccessToken
from accounts.operations.make_token import MOST, make_token, permissions_to_lend
from accounts.operations.revoke_token import revoke_token
from accounts.token_text import read_token
from notices.models import Mail
from tenants.models import AuditEntry, Person
from tenants.roles import CUSTOMER_PERMISSIONS, TOKEN_PERMISSIONS, CustomerRole, Permission
from tests.support.at_once import at_once
from tests.support.later import later
from tests.support.second_factors import with_second_factor
from tests.support.tenants.making import BAD_NAMES
from tests.support.tokens import CALLER, token_of
from tests.support.world import World, make_world

__all__ = ["later"]

NEVER = {
    Permission.APPROVAL_GIVE,
    Permission.CASE_CLOSE,
    Permission.DISK_KEY_PERMIT,
    Permission.PERSON_MANAGE,
    Permission.AUDIT_VIEW,
}


def test_what_no_token_can_be_given_is_written_down_twice():
    assert set(Permission) - TOKEN_PERMISSIONS == NEVER


def test_it_is_kept_as_a_hash_with_what_was_chosen(world: World):
    written = token_of(world.owner, Permission.SENSOR_VIEW, customer=world.harbour, days=30, name="SIEM")
    text, row = read_token(written), AccessToken.objects.get()
    assert text
    assert (row.person, row.name, row.prefix, row.customer) == (world.owner, "SIEM", text.prefix, world.harbour)
    assert (row.permissions, row.secret_hash) == (["sensor:view"], text.secret_hash())
    assert row.expires_at - row.made_at == timedelta(days=30)
    assert text.secret not in str(AccessToken.objects.values()) + str(AuditEntry.objects.values())


def test_its_person_hears_of_it(world: World):
    Mail.objects.all().delete()
    written = token_of(world.owner, Permission.SENSOR_VIEW, name="SIEM")
    mail = Mail.objects.get()
    assert mail.recipient == "owner@example.org"
    assert "SIEM" in mail.body
    assert "192.0.2.44" in mail.body
    assert written not in mail.body
    assert "/accounts/tokens/" in mail.body


def test_the_customers_trail_tells_of_it(world: World):
    token_of(world.owner, Permission.SENSOR_VIEW, name="SIEM")
    entry = AuditEntry.objects.get(action="person:token:make")
    assert entry.chain.customer == world.harbour
    assert (entry.actor, entry.subject) == ("person:owner@example.org", "owner@example.org")
    assert (entry.details["name"], entry.details["permissions"]) == ("SIEM", ["sensor:view"])


@pytest.mark.parametrize("name", ["viewer", "owner", "manager", "auditor", "operator", "administrator"])
def test_nobody_gives_what_they_have_not(world: World, name: str):
    person = getattr(world, name)
    held = {each for each in Permission if world.harbour.permits(person, each)}
    assert permissions_to_lend(person, world.harbour) == held - NEVER
    for beyond in set(Permission) - (held - NEVER):
        with pytest.raises(ValidationError, match="Not yours to give"):
            token_of(person, beyond, Permission.SENSOR_VIEW)
    assert not AccessToken.objects.exists()


def test_what_is_held_at_one_customer_is_not_given_at_another(world: World):
    with pytest.raises(ValidationError, match="Not yours to give"):
        token_of(world.owner, Permission.LOSS_REPORT, customer=world.meadow)
    assert CUSTOMER_PERMISSIONS[CustomerRole.CONTACT] >= {Permission.LOSS_REPORT}


@pytest.mark.parametrize(
    ("different", "message"),
    [
        ({"permissions": set()}, "at least one"),
        ({"days": 0}, "1 to 365"),
        ({"days": 366}, "1 to 365"),
        ({"days": -1}, "1 to 365"),
        *(({"name": name}, ".") for name in BAD_NAMES.values()),
        ({"name": "x" * 81}, "80"),
    ],
    ids=ascii,
)
def test_what_makes_no_sound_token_is_refused(world: World, different: dict[str, Any], message: str):
    wanted: dict[str, Any] = {"name": "SIEM", "permissions": {Permission.SENSOR_VIEW}, "customer": None, "days": 90}
    with pytest.raises(ValidationError, match=message):
        make_token(**wanted | different, made_by=world.owner, caller=CALLER)
    assert not AccessToken.objects.exists()
    assert not AuditEntry.objects.filter(action="person:token:make").exists()


@pytest.mark.parametrize("name", ["administrator", "operator", "auditor", "manager"])
def test_who_must_have_a_second_factor_makes_none_without(world: World, settings: Any, name: str):
    settings.SECOND_FACTOR = "required"
    person = getattr(world, name)
    with pytest.raises(ValidationError, match="second factor"):
        token_of(person)
    with_second_factor(person)
    assert token_of(Person.objects.get(pk=person.pk))


def test_a_disabled_person_makes_none(world: World):
    Person.objects.filter(pk=world.owner.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="may not sign in"):
        token_of(world.owner, Permission.SENSOR_VIEW)


def test_a_name_is_taken_until_its_token_ends(world: World, later: Any):
    token_of(world.owner, name="SIEM", days=1)
    with pytest.raises(ValidationError, match="of this name"):
        token_of(world.owner, name="SIEM")
    later(timedelta(days=2))
    token_of(world.owner, name="SIEM")
    revoke_token(token=AccessToken.objects.good(timezone.now()).get(), revoked_by=world.owner, caller=CALLER)
    token_of(world.owner, name="SIEM")
    assert AccessToken.objects.count() == 3


def test_one_person_has_a_bounded_number(world: World):
    for number in range(MOST):
        token_of(world.owner, name=f"program {number}")
    with pytest.raises(ValidationError, match="Revoke one"):
        token_of(world.owner, name="one more")


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_makes_one():
    world = make_world()
    done = at_once([lambda: token_of(world.owner, name="SIEM")] * 2)
    assert sorted(isinstance(each, ValidationError) for each in done) == [False, True]
    assert AccessToken.objects.count() == 1
