from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from tests.support.at_once import at_once, results
from tests.support.fleet import Fleet, make_fleet
from tests.support.one_time_codes import code_of
from tests.support.purses import fill_purses

PASSWORD = "correct horse battery"


@pytest.fixture
def secret(fleet: Fleet) -> str:
    made: str = generate_totp_secret()
    TOTP.activate(fleet.world.manager, made)
    return made


def comes_in(fleet: Fleet, code: str) -> bool:
    fill_purses()
    client = Client()
    client.post("/accounts/login/", {"login": fleet.world.manager.email, "password": PASSWORD})
    status: int = client.post("/accounts/2fa/authenticate/", {"code": code}).status_code
    assert (client.get("/").status_code == 200) == (status == 302)
    return status == 302


@pytest.fixture(autouse=True)
def _at_the_end_of_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still, so that no step ends within a test."""
    clock = SimpleNamespace(time=lambda: 1_800_000_029.0)
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", clock)
    monkeypatch.setattr("tests.support.one_time_codes.time", clock)


@pytest.mark.parametrize("later", [-1, 0, 1])
def test_a_code_one_step_early_or_late_is_taken_once(fleet: Fleet, secret: str, later: int):
    code = code_of(secret, later=later)
    assert comes_in(fleet, code)
    assert not comes_in(fleet, code)
    assert not comes_in(fleet, f"{code[:3]} {code[3:]}")


@pytest.mark.parametrize("later", [-2, 2])
def test_one_two_steps_early_or_late_is_not(fleet: Fleet, secret: str, later: int):
    assert not comes_in(fleet, code_of(secret, later=later))


def test_after_a_later_code_an_earlier_one_is_not_taken(fleet: Fleet, secret: str):
    assert comes_in(fleet, code_of(secret, later=0))
    assert not comes_in(fleet, code_of(secret, later=-1))
    assert comes_in(fleet, code_of(secret, later=1))


def test_the_code_that_turned_it_on_opens_nothing_else(fleet: Fleet):
    client = Client()
    client.post("/accounts/login/", {"login": fleet.world.manager.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    assert not comes_in(fleet, code_of(secret))
    assert comes_in(fleet, code_of(secret, later=1))


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_come_with_one_code_at_once_one_is_let_in(settings: Any, tmp_path: Path):
    fleet = make_fleet(settings, tmp_path)
    secret = generate_totp_secret()
    TOTP.activate(fleet.world.manager, secret)
    clients = [Client() for _ in range(8)]
    for client in clients:
        client.post("/accounts/login/", {"login": fleet.world.manager.email, "password": PASSWORD})
    code = {"code": code_of(secret)}
    answers = results(at_once([partial(client.post, "/accounts/2fa/authenticate/", code) for client in clients]))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [302]
