"""Somebody who has part of a passkey sign-in: an answer that was sent before, another site's, another person's, a copy
of the device. And somebody who has nothing, but asks a lot."""

import json
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as hypothesis_settings

from accounts import passkeys
from accounts.failed_tries import write_failed_try
from tenants.models import AuditEntry
from tests.support.at_once import at_once, results
from tests.support.fleet import make_fleet
from tests.support.passkeys import (
    HOME,
    PRESENT,
    VERIFIED,
    PasskeyDevice,
    add_passkey_by_pages,
    after_password,
    bytes_of,
    challenge,
    sign_in_by,
    websafe,
)
from tests.support.purses import Clock, clock
from tests.support.signed_in import is_in, no_static_files
from tests.support.visitors import Browser, addresses
from tests.support.world import PASSWORD, World

__all__ = ["clock", "no_static_files"]


@pytest.fixture(autouse=True)
def _portal(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BASE_URL = HOME
    # On the thread of the request, as tests without commits need it.
    monkeypatch.setattr("accounts.passkey_pages.note_failed_try", write_failed_try)


@pytest.fixture
def device(world: World) -> PasskeyDevice:
    return add_passkey_by_pages(after_password(world.owner))


def send(client: Client, answer: str, path: str = "sign-in") -> Any:
    return client.post(f"/accounts/passkeys/{path}/", {"credential": answer})


def reasons() -> list[str]:
    """Why passkeys were refused, as the trail has it."""
    rows = AuditEntry.objects.filter(action="person:session:refuse").order_by("pk")
    return [row.details["reason"] for row in rows if row.details["method"] == "passkey"]


def test_an_answer_that_was_sent_before_is_not_taken_again(device: PasskeyDevice):
    client = Client()
    answer = device.shown(challenge(client, "sign-in"))
    send(client, answer)
    assert is_in(client)
    # In the same browser, in another one, and with a challenge of its own.
    client.post("/accounts/logout/")
    fresh = Client()
    challenge(fresh, "sign-in")
    for other in (client, Client(), fresh):
        assert send(other, answer)["Location"] == "/accounts/login/"
        assert not is_in(other)


def test_a_wrong_answer_uses_the_challenge_up(device: PasskeyDevice):
    client = Client()
    options = challenge(client, "sign-in")
    send(client, "{}")
    send(client, device.shown(options))
    assert not is_in(client)


def test_a_challenge_of_another_session_is_not_taken(device: PasskeyDevice):
    mine, theirs = Client(), Client()
    challenge(mine, "sign-in")
    send(mine, device.shown(challenge(theirs, "sign-in")))
    assert not is_in(mine)


@pytest.mark.parametrize(("later", "taken"), [(passkeys.LIFE - 1, True), (passkeys.LIFE + 1, False), (-5, False)])
def test_a_challenge_is_good_for_five_minutes(
    *, device: PasskeyDevice, monkeypatch: pytest.MonkeyPatch, later: int, taken: bool
):
    client = Client()
    answer = device.shown(challenge(client, "sign-in"))
    now = time.time()
    monkeypatch.setattr("accounts.passkeys.time.time", lambda: now + later)
    send(client, answer)
    assert is_in(client) is taken


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "https://portal.example.org.evil.example"},
        {"origin": "https://evil.portal.example.org"},
        {"origin": "https://portal.example.org:8443"},
        {"origin": "http://portal.example.org"},
        {"party": "evil.example"},
        {"party": "example.org"},
        {"extra": {"crossOrigin": True}},
        {"extra": {"type": "webauthn.create"}},
        {"flags": PRESENT},
        {"flags": VERIFIED},
    ],
    ids=str,
)
def test_what_was_shown_elsewhere_or_by_nobody_is_not_taken(device: PasskeyDevice, changes: dict[str, Any]):
    """Of another site, in a frame, by a device that was only touched, or by one that nobody touched."""
    client = Client()
    options = challenge(client, "sign-in")
    vars(device).update(changes)
    send(client, device.shown(options))
    assert not is_in(client)
    assert reasons() == ["answer"]


@pytest.mark.parametrize(
    "changes",
    [{"origin": "https://evil.portal.example.org"}, {"party": "example.org"}, {"flags": PRESENT}, {"algorithm": -999}],
    ids=str,
)
def test_nothing_such_is_added_either(world: World, changes: dict[str, Any]):
    client, device = after_password(world.owner), PasskeyDevice(**changes)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = device.made(challenge(client, "add", name="Mine"))
    told = client.post("/accounts/passkeys/add/", {"name": "Mine", "credential": answer})
    assert told.status_code == 422
    assert not Authenticator.objects.exists()


def test_another_persons_passkey_opens_no_account_but_its_own(world: World, device: PasskeyDevice):
    mine = add_passkey_by_pages(after_password(world.stranger))
    mine.handle = device.handle
    client = sign_in_by(mine)
    assert not is_in(client)
    # Nor under the other one's name, after the stranger's own password.
    mine.credential_id = device.credential_id
    assert not is_in(sign_in_by(mine))
    assert reasons() == ["unknown", "answer"]


def test_after_one_persons_password_anothers_passkey_is_not_taken(world: World, device: PasskeyDevice):
    own = add_passkey_by_pages(after_password(world.stranger))
    client = after_password(world.stranger)
    send(client, device.shown(challenge(client, "second-step")), "second-step")
    assert not is_in(client)
    # Nor the right one, if it says that it is for the other account.
    own.handle = device.handle
    send(client, own.shown(challenge(client, "second-step")), "second-step")
    assert not is_in(client)


def test_a_challenge_for_one_thing_is_good_for_no_other(world: World, device: PasskeyDevice):
    client = after_password(world.owner)
    send(client, device.shown(challenge(client, "second-step")))
    assert not is_in(client)
    send(client, device.shown(challenge(Client(), "sign-in")), "second-step")
    assert not is_in(client)
    # The session goes on with what was begun in it before the code was given.
    client = after_password(world.owner)
    early = device.shown(challenge(client, "second-step"))
    code = Authenticator.objects.get(user=world.owner, type="recovery_codes").wrap().get_unused_codes()[0]
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert send(client, early, "confirm").status_code == 200
    assert client.get("/accounts/passkeys/add/").status_code == 302
    signed_in = sign_in_by(device)
    send(signed_in, device.shown(challenge(signed_in, "confirm")), "add")
    assert signed_in.get("/accounts/passkeys/add/").status_code == 302
    assert is_in(signed_in)


def test_a_copy_of_the_device_is_found_out_by_its_count(device: PasskeyDevice):
    copy = device.copy()
    assert is_in(sign_in_by(device))
    assert is_in(sign_in_by(device))
    assert not is_in(sign_in_by(copy))
    assert reasons() == ["counter"]
    # Nobody else's rights rest on it: the one who is ahead still comes in, and a copy does not begin to say 0.
    assert is_in(sign_in_by(device))
    copy.counts, copy.counter = False, 0
    assert not is_in(sign_in_by(copy))


def test_one_that_counts_nothing_is_taken_each_time(world: World):
    device = add_passkey_by_pages(after_password(world.owner), device=PasskeyDevice(counts=False))
    assert is_in(sign_in_by(device))
    assert is_in(sign_in_by(device))


def test_one_that_was_removed_opens_nothing_also_half_way_through(world: World, device: PasskeyDevice):
    client = Client()
    answer = device.shown(challenge(client, "sign-in"))
    Authenticator.objects.filter(type="webauthn").delete()
    send(client, answer)
    assert not is_in(client)
    assert not is_in(sign_in_by(device))


@pytest.mark.parametrize("handle", [b"", b"1", bytes(8), b"\xff" * 8, b"\x7f" + b"\xff" * 7, b"x" * 64])
def test_whatever_account_it_names_nothing_breaks_and_nobody_comes_in(device: PasskeyDevice, handle: bytes):
    device.handle = handle
    assert not is_in(sign_in_by(device))


def test_nobody_learns_whose_account_there_is(world: World, device: PasskeyDevice):
    """Nothing asks for an address, and each refusal is the same."""
    options = challenge(Client(), "sign-in")["publicKey"]
    assert set(options) == {"challenge", "timeout", "rpId", "userVerification"}
    no_key, nobody, wrong = PasskeyDevice(), PasskeyDevice(), PasskeyDevice(credential_id=device.credential_id)
    no_key.handle = passkeys._handle_of(world.viewer.pk)
    nobody.handle = passkeys._handle_of(2**40)
    wrong.handle = device.handle
    answers = set()
    for tried in (no_key, nobody, wrong):
        client = Client()
        told = send(client, tried.shown(challenge(client, "sign-in")))
        page = client.get(told["Location"]).content.decode()
        answers.add((told.status_code, told["Location"], "That passkey was not taken" in page))
    assert answers == {(302, "/accounts/login/", True)}


def test_a_stranger_who_tries_a_thousand_times_keeps_nobody_out(device: PasskeyDevice, clock: Clock):
    wrong = PasskeyDevice(credential_id=device.credential_id, handle=device.handle)
    for address in addresses(40):
        client = Browser(address).client
        send(client, wrong.shown(challenge(client, "sign-in")))
    # From one network he is told to wait, which leaves the password's own tries alone.
    client = Browser("198.51.100.7").client
    tried = [client.post("/accounts/passkeys/sign-in/challenge/") for _ in range(40)]
    assert [each.status_code for each in tried] == [200] * 30 + [429] * 10
    assert tried[-1]["Retry-After"] == "2"
    assert "Wait 2 s, or sign in with your password" in tried[-1].json()["detail"]
    assert Browser("198.51.100.7").signs_in()
    assert is_in(sign_in_by(device))
    clock.move_on(2)
    assert client.post("/accounts/passkeys/sign-in/challenge/").status_code == 200
    # In the trail of the person's customer stands one row in five minutes.
    assert reasons().count("answer") == 1


def test_many_networks_of_one_neighbour_share_a_limit(world: World, clock: Clock):
    tried = [Browser(f"198.51.100.{n}").client.post("/accounts/passkeys/sign-in/challenge/") for n in range(1, 131)]
    assert [each.status_code for each in tried].count(429) == 10


def test_a_challenge_of_a_form_that_another_site_sent_is_refused():
    client = Client(enforce_csrf_checks=True)
    assert client.post("/accounts/passkeys/sign-in/challenge/").status_code == 403
    assert client.post("/accounts/passkeys/sign-in/", {"credential": "{}"}).status_code == 403
    assert client.get("/accounts/passkeys/sign-in/challenge/").status_code == 405


HOSTILE = [
    "", "null", "[]", "1", '"', "[" * 15_000, '{"a":' * 2_500, "{}" + " " * 20_000, '{"id":1,"rawId":1}',
    '{"id":"AA","rawId":"AA","response":{}}', '{"id":"AA","rawId":"AA","response":null}', "\x00", "é" * 10,
]  # fmt: skip


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
def test_what_no_browser_sends_is_refused_like_all_else(world: World, answer: str):
    client = Client()
    challenge(client, "sign-in")
    assert send(client, answer).status_code == 302
    signed_in = after_password(world.owner)
    signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})
    challenge(signed_in, "add", name="Mine")
    told = signed_in.post("/accounts/passkeys/add/", {"name": "Mine", "credential": answer})
    assert told.status_code == 422


def test_an_answer_beyond_all_measure_is_not_even_read(device: PasskeyDevice):
    client = Client()
    send(client, device.shown(challenge(client, "sign-in")) + " " * passkeys.LONGEST)
    assert not is_in(client)


def swapped(answer: str, part: str, place: int, value: int) -> str:
    """The answer with another byte somewhere in one of its parts."""
    read = json.loads(answer)
    changed = bytearray(bytes_of(read["response"][part]))
    changed[place % len(changed)] ^= value
    read["response"][part] = websafe(bytes(changed))
    return json.dumps(read)


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    part=strategies.sampled_from(["clientDataJSON", "authenticatorData", "signature", "userHandle"]),
    place=strategies.integers(0, 300),
    value=strategies.integers(1, 255),
)
def test_a_single_byte_that_is_another_one_is_found(device: PasskeyDevice, part: str, place: int, value: int):
    """At the reader itself, past the page."""
    client = Client()
    session = client.session
    request: Any = type("Request", (), {"session": session})()
    options = passkeys.challenge_to_show(request, passkeys.Purpose.SIGN_IN, None)
    answer = swapped(device.shown(dict(json.loads(json.dumps(options)))), part, place, value)
    with pytest.raises(passkeys.PasskeyRefused):
        passkeys.accept_shown(request, purpose=passkeys.Purpose.SIGN_IN, person=None, answer=answer)


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=strategies.integers(0, 300), value=strategies.integers(1, 255))
def test_a_new_one_that_is_garbled_is_refused_or_stored_whole(world: World, place: int, value: int):
    """No attestation is asked for, so its key may be any: but what is stored can be read again."""
    request: Any = type("Request", (), {"session": Client().session})()
    options = passkeys.challenge_to_add(request, world.owner)
    answer = swapped(PasskeyDevice().made(json.loads(json.dumps(options))), "attestationObject", place, value)
    try:
        made = passkeys.accept_new(request, person=world.owner, answer=answer)
    except passkeys.PasskeyRefused:
        return
    stored = Authenticator(user=world.owner, type="webauthn", data={"name": "x", "credential": made.credential})
    assert passkeys.credential_of(stored).credential_id == made.credential_id


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_send_one_answer_at_once_one_is_let_in(settings: Any, tmp_path: Path):
    fleet = make_fleet(settings, tmp_path)
    device = add_passkey_by_pages(after_password(fleet.world.owner), device=PasskeyDevice(counts=False))
    first = Client()
    answer = device.shown(challenge(first, "sign-in"))
    clients = [Client() for _ in range(8)]
    for client in clients:
        client.cookies[django_settings.SESSION_COOKIE_NAME] = first.cookies[django_settings.SESSION_COOKIE_NAME].value
    results(at_once([partial(send, client, answer) for client in clients]))
    signed_in = [session for session in Session.objects.all() if "_auth_user_id" in session.get_decoded()]
    assert len(signed_in) == 2  # the one by password that added it, and one of these
