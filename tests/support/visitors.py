"""Browsers at addresses, and what a guesser sees of an account."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tenants.models import Person
from tests.support.world import PASSWORD, World

OWNER = "owner@example.org"
WRONG = "a wrong guess"


class Browser:
    """It keeps its cookies; nginx tells the portal its address."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = Client(REMOTE_ADDR="", headers={"X-Real-IP": address})

    def move_to(self, address: str) -> "Browser":
        moved = Browser(address)
        moved.client.cookies = self.client.cookies
        return moved

    def try_to_sign_in(self, email: str = OWNER, password: str = WRONG) -> Any:
        return self.client.post("/accounts/login/", {"login": email, "password": password})

    def signs_in(self, email: str = OWNER, password: str = PASSWORD) -> bool:
        return bool(self.try_to_sign_in(email, password).status_code == 302)

    def signs_out(self) -> "Browser":
        self.client.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        return self


def addresses(count: int) -> Iterator[str]:
    """Each in a network of its own."""
    for number in range(count):
        yield f"10.{number >> 8 & 255}.{number & 255}.9"


class Looks:
    """How often a password was compared with that of an account."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at: list[str] = []
        check = Person.check_password

        def counted(person: Person, password: str) -> bool:
            self.at.append(person.email)
            return check(person, password)

        monkeypatch.setattr(Person, "check_password", counted)

    def taken(self) -> int:
        count = len(self.at)
        self.at.clear()
        return count


def most_in_an_hour(times: list[float]) -> int:
    """Of moments in seconds, in the fullest hour of any that begin with one of them."""
    return max((sum(start <= each < start + 3600 for each in times) for start in times), default=0)


@pytest.fixture
def looks(world: World, monkeypatch: pytest.MonkeyPatch) -> Looks:
    return Looks(monkeypatch)
