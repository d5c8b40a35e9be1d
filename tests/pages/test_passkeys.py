"""Passkeys beside password and authenticator app: signing in by one alone, after the password, and as a fresh proof."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.test import Client

from notices.models import Mail
from tenants.models import AuditEntry, Person
from tests.support.audit_rows import no_room_for_an_entry
from tests.support.passkeys import HOME, PasskeyDevice, add_passkey_by_pages, after_password, challenge, sign_in_by
from tests.support.second_factors import reset_by_command
from tests.support.signed_in import is_in
from tests.support.world import PASSWORD, World


@pytest.fixture(autouse=True)
def _portal(settings: Any) -> None:
    settings.BASE_URL, settings.SECOND_FACTOR = HOME, "required"


def with_passkey(person: Person, **options: Any) -> PasskeyDevice:
    return add_passkey_by_pages(after_password(person), **options)


def last_action() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


@pytest.mark.parametrize("name", ["owner", "viewer", "manager", "operator"])
def test_one_alone_signs_in_whoever_has_one_and_counts_as_the_second_factor(world: World, name: str):
    device = with_passkey(getattr(world, name))
    client = Client()
    answer = device.shown(challenge(client, "sign-in"))
    response = client.post("/accounts/passkeys/sign-in/", {"credential": answer, "next": "/cases/"})
    assert response["Location"] == "/cases/"
    assert is_in(client)
    assert (last_action().action, last_action().details["methods"]) == ("person:session:begin", ["webauthn"])


def test_such_a_session_ends_with_the_browser_as_after_a_password(world: World):
    client = sign_in_by(with_passkey(world.owner))
    assert client.session.get_expire_at_browser_close()
    assert client.session.get_expiry_age() > 3600


def test_where_it_would_lead_outside_it_leads_home(world: World):
    device, client = with_passkey(world.owner), Client()
    answer = device.shown(challenge(client, "sign-in"))
    told = client.post("/accounts/passkeys/sign-in/", {"credential": answer, "next": "https://evil.example/"})
    assert told["Location"] == "/"


def test_after_the_password_it_stands_in_the_place_of_a_code(world: World):
    device = with_passkey(world.manager)
    client = after_password(world.manager)
    assert not is_in(client)
    page = client.get("/accounts/2fa/authenticate/").content.decode()
    assert "Use your passkey" in page
    answer = device.shown(challenge(client, "second-step"))
    assert client.post("/accounts/passkeys/second-step/", {"credential": answer})["Location"] == "/"
    assert is_in(client)
    assert last_action().details["methods"] == ["password", "webauthn"]


def test_whose_role_asks_for_a_second_factor_is_led_to_adding_one_and_goes_on(world: World):
    client = after_password(world.manager)
    assert client.get("/")["Location"] == "/accounts/2fa/"
    assert "Add a passkey" in client.get("/accounts/2fa/").content.decode()
    add_passkey_by_pages(client)
    assert is_in(client)
    assert "10 of 10 left" in client.get("/accounts/2fa/recovery-codes/").content.decode()


def test_a_session_from_before_has_to_show_it_and_then_goes_where_it_wanted(world: World):
    early = after_password(world.manager)
    device = with_passkey(world.manager)
    asked = early.get("/cases/")
    assert asked["Location"] == "/accounts/passkeys/confirm/?next=%2Fcases%2F"
    page = early.get(asked["Location"]).content.decode()
    assert "this session began without it" in page
    assert "/accounts/2fa/reauthenticate/" in page  # recovery codes
    assert "/accounts/reauthenticate/" not in page  # the password is no second factor
    answer = device.shown(challenge(early, "confirm"))
    shown = early.post("/accounts/passkeys/confirm/", {"credential": answer, "next": "/cases/"})
    assert shown["Location"] == "/cases/"
    assert is_in(early)


def test_a_session_whose_passkey_was_removed_has_to_show_another_factor(world: World):
    device = with_passkey(world.manager)
    client = sign_in_by(device)
    other = add_passkey_by_pages(client)
    client = sign_in_by(device)
    keeper = sign_in_by(other)
    keeper.post("/accounts/reauthenticate/", {"password": PASSWORD})
    first = Authenticator.objects.filter(type="webauthn").order_by("pk")[0]
    assert keeper.post(f"/accounts/passkeys/{first.pk}/remove/").status_code == 302
    assert is_in(keeper)
    assert not is_in(client)
    assert not is_in(sign_in_by(device))


def test_a_recovery_code_lets_in_who_has_lost_the_device(world: World):
    with_passkey(world.manager)
    codes = Authenticator.objects.get(user=world.manager, type="recovery_codes").wrap().get_unused_codes()
    client = after_password(world.manager)
    assert client.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert is_in(client)


def test_it_is_a_fresh_proof(world: World):
    device = with_passkey(world.manager)
    client = sign_in_by(device)
    assert client.get("/accounts/passkeys/add/").status_code == 302
    assert "Your passkey" in client.get("/accounts/reauthenticate/?next=/accounts/passkeys/add/").content.decode()
    answer = device.shown(challenge(client, "confirm"))
    body = {"credential": answer, "next": "/accounts/passkeys/add/"}
    assert client.post("/accounts/passkeys/confirm/", body)["Location"] == "/accounts/passkeys/add/"
    assert client.get("/accounts/passkeys/add/").status_code == 200
    assert (last_action().action, last_action().details["methods"]) == ("person:session:confirm", ["webauthn"])


def test_signing_in_by_one_is_no_fresh_proof_of_later(world: World):
    client = sign_in_by(with_passkey(world.manager))
    refused = client.post("/accounts/passkeys/add/challenge/", {"name": "Another"})
    assert refused.status_code == 409
    assert "Load this page again" in refused.json()["detail"]


def test_adding_and_removing_leave_rows_and_mails_and_are_listed(world: World):
    client = after_password(world.owner)
    before = Mail.objects.count()
    add_passkey_by_pages(client, name="Quay telephone")
    row = last_action()
    assert (row.action, row.actor, row.details["name"]) == (
        "person:passkey:add",
        "person:owner@example.org",
        "Quay telephone",
    )
    add_passkey_by_pages(client, name="Key at home")
    page = client.get("/accounts/2fa/").content.decode()
    assert "Quay telephone" in page
    assert "Never" in page
    first, second = Authenticator.objects.filter(type="webauthn").order_by("pk")
    assert client.post(f"/accounts/passkeys/{first.pk}/remove/").status_code == 302
    assert (last_action().action, last_action().details["name"]) == ("person:passkey:remove", "Quay telephone")
    # The last one takes the recovery codes along.
    assert client.post(f"/accounts/passkeys/{second.pk}/remove/").status_code == 302
    assert last_action().action == "person:second-factor:off"
    assert not Authenticator.objects.exists()
    told = list(Mail.objects.order_by("pk").values_list("recipient", "body"))[before:]
    assert [recipient for recipient, _ in told] == ["owner@example.org"] * 4
    assert "A passkey was added" in told[0][1]
    assert "Quay telephone" not in told[0][1]
    assert "was removed" in told[2][1]


def test_without_its_row_no_passkey_comes_or_goes(world: World):
    client = after_password(world.owner)
    add_passkey_by_pages(client)
    there = list(Authenticator.objects.order_by("pk").values())
    client.raise_request_exception = False
    answer = PasskeyDevice().made(challenge(client, "add", name="Two"))
    with no_room_for_an_entry():
        added = client.post("/accounts/passkeys/add/", {"name": "Two", "credential": answer})
        removed = client.post(f"/accounts/passkeys/{there[0]['id']}/remove/")
    assert (added.status_code, removed.status_code) == (500, 500)
    assert list(Authenticator.objects.order_by("pk").values()) == there


def test_the_only_factor_that_a_role_asks_for_stays(world: World):
    client = after_password(world.manager)
    add_passkey_by_pages(client)
    only = Authenticator.objects.get(type="webauthn")
    assert "your only one" in client.get(f"/accounts/passkeys/{only.pk}/remove/").content.decode()
    assert client.post(f"/accounts/passkeys/{only.pk}/remove/").status_code == 422
    assert Authenticator.objects.filter(pk=only.pk).exists()


def test_an_app_can_go_once_there_is_a_passkey(world: World):
    client = after_password(world.manager)
    add_passkey_by_pages(client)
    TOTP.activate(world.manager, generate_totp_secret())
    assert "Your passkey stays" in client.get("/accounts/2fa/totp/deactivate/").content.decode()
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    kinds = Authenticator.objects.filter(user=world.manager).values_list("type", flat=True)
    assert sorted(kinds) == ["recovery_codes", "webauthn"]
    assert is_in(client)


def test_one_that_is_there_and_one_too_many_are_refused_and_nothing_is_lost(world: World):
    client = after_password(world.owner)
    device = add_passkey_by_pages(client)
    answer = device.made(challenge(client, "add", name="Again"))
    again = client.post("/accounts/passkeys/add/", {"name": "Again", "credential": answer})
    assert again.status_code == 422
    assert "in your list already" in again.content.decode()
    for number in range(9):
        add_passkey_by_pages(client, name=f"Number {number}")
    full = client.post("/accounts/passkeys/add/challenge/", {"name": "One more"})
    assert full.status_code == 422
    assert "10 passkeys already" in full.json()["detail"]


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\u202eb", "x" * 81])
def test_a_name_that_cannot_be_shown_is_refused_before_the_device_makes_anything(world: World, name: str):
    client = after_password(world.owner)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post("/accounts/passkeys/add/challenge/", {"name": name}).status_code == 422
    assert client.post("/accounts/passkeys/add/", {"name": name, "credential": "{}"}).status_code == 422


def test_a_reset_takes_passkeys_away_and_ends_sessions(world: World):
    device = with_passkey(world.manager)
    client = sign_in_by(device)
    assert is_in(client)
    reset_by_command(world.manager.email)
    assert not is_in(client)
    assert not is_in(sign_in_by(device))
    assert not Authenticator.objects.exists()


def test_a_person_who_may_no_longer_sign_in_does_not_by_a_passkey(world: World):
    device = with_passkey(world.owner)
    Person.objects.filter(pk=world.owner.pk).update(is_active=False)
    client = Client()
    answer = device.shown(challenge(client, "sign-in"))
    told = client.post("/accounts/passkeys/sign-in/", {"credential": answer})
    assert told["Location"] == "/accounts/inactive/"
    assert not is_in(client)


def test_others_passkeys_are_nobody_elses_to_remove(world: World):
    with_passkey(world.manager)
    stranger = after_password(world.owner)
    stranger.post("/accounts/reauthenticate/", {"password": PASSWORD})
    key = Authenticator.objects.get(type="webauthn").pk
    assert stranger.post(f"/accounts/passkeys/{key}/remove/").status_code == 404
    code = RecoveryCodes.activate(world.owner).instance.pk
    assert stranger.post(f"/accounts/passkeys/{code}/remove/").status_code == 404


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "https://[2001:db8::1]", "http://portal.example.org"])
def test_where_browsers_would_refuse_none_is_offered(world: World, settings: Any, address: str):
    settings.BASE_URL = address
    assert "passkey" not in Client().get("/accounts/login/").content.decode().lower()
    assert Client().post("/accounts/passkeys/sign-in/challenge/").status_code == 409
    client = after_password(world.owner)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert "takes none" in client.get("/accounts/passkeys/add/").content.decode()


def test_it_is_bound_to_the_portals_own_address_whatever_a_request_says(world: World, settings: Any):
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert challenge(client, "sign-in")["publicKey"]["rpId"] == "portal.example.org"


def test_strangers_sessions_are_short_and_take_ended_ones_along(world: World):
    client = Client()
    challenge(client, "sign-in")
    assert client.session.get_expiry_age() == 15 * 60
    ended = Session.objects.get()
    Session.objects.update(expire_date="2026-01-01T00:00:00Z")
    challenge(Client(), "sign-in")
    assert not Session.objects.filter(pk=ended.pk).exists()
    assert Session.objects.count() == 1
