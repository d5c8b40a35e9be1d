"""The same against a people's door that runs, with real hashes, while sixteen at once try everybody's password."""

import http.client
import re
import threading
import time
from http.cookies import SimpleCookie
from itertools import cycle
from urllib.parse import urlencode, urlsplit

import pytest

from accounts import budgets
from tests.support.browser.people_door import PeopleDoor, door
from tests.support.soaking import note, rounds
from tests.support.visitors import addresses

__all__ = ["door"]

pytestmark = pytest.mark.live

ANNA = "anna@harbour.example"
AT_ONCE = 16
# On a machine that does much else, and whose processors the guessers keep busy as well; quiet it takes a second.
LONGEST_WAIT = 10.0  # seconds


class Visitor:
    """A browser without nginx before the door: it says itself what nginx would say of its address."""

    def __init__(self, door: PeopleDoor, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(door.address).netloc, timeout=120)
        self._origin = door.address
        self.address = address
        self.cookies: SimpleCookie = SimpleCookie()
        self.page = self.ask("GET", "/accounts/login/")[1]

    def ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        headers = {
            "X-Real-IP": self.address,
            "Cookie": "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items()),
            "Origin": self._origin,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        for given in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(given)
        return answer.status, answer.read().decode()

    def try_to_sign_in(self, email: str, password: str = "a wrong guess") -> tuple[int, str]:  # noqa: S107
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page)[0]
        return self.ask(
            "POST", "/accounts/login/", urlencode({"login": email, "password": password, "csrfmiddlewaretoken": token})
        )

    def sign_out(self) -> None:
        del self.cookies["sessionid"]
        self.page = self.ask("GET", "/accounts/login/")[1]
        # The door ends a connection that says nothing for long; the next question opens a new one.
        self._connection.close()


class Guessers:
    """Half of them at Anna's account, half at accounts that are nobody's, from a thousand addresses."""

    def __init__(self, door: PeopleDoor) -> None:
        self._door = door
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._addresses = cycle(addresses(1000))
        self.answers: dict[str, int] = {"wrong": 0, "too many": 0}
        self.failures: list[str] = []
        self._threads = [threading.Thread(target=self._guess, args=(number,)) for number in range(AT_ONCE)]

    def __enter__(self) -> "Guessers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    @property
    def tries(self) -> int:
        return sum(self.answers.values())

    def _guess(self, number: int) -> None:
        visitor, count = Visitor(self._door, "192.0.2.1"), 0
        while not self._ended.is_set():
            with self._lock:
                visitor.address = next(self._addresses)
            count += 1
            status, page = visitor.try_to_sign_in(ANNA if number % 2 else f"nobody-{number}-{count}@example.org")
            with self._lock:
                self.answers["too many" if "Too many wrong tries" in page else "wrong"] += 1
                if status != 200:
                    self.failures.append(f"{status}: {page[:200]}")


def test_a_known_browser_gets_in_while_sixteen_at_once_try_everybodys_password(door: PeopleDoor):
    password = door.password_of(ANNA)
    known = Visitor(door, "198.51.100.21")
    assert known.try_to_sign_in(ANNA, password)[0] == 302
    known.sign_out()
    with Guessers(door) as guessers:
        wanted = rounds(suite=300, soak=10_000)
        until = time.monotonic() + rounds(suite=60, soak=1200)
        while guessers.tries < wanted and time.monotonic() < until:
            time.sleep(0.2)
        began = time.monotonic()
        status, _ = known.try_to_sign_in(ANNA, password)
        seconds = time.monotonic() - began
    assert status == 302
    assert guessers.failures == []
    assert guessers.tries >= AT_ONCE
    note("keeping a contact out, live", f"{guessers.tries} tries: {guessers.answers}; in after {seconds:.2f} s")
    assert seconds < LONGEST_WAIT


def test_those_who_guessed_at_her_were_soon_not_looked_at(door: PeopleDoor):
    """After the flood: from anywhere else, the right password too is refused, and the page says what to do."""
    new = Visitor(door, "203.0.113.77")
    for _ in range(budgets.PASSWORDS_OF_ACCOUNT.burst + 1):
        _, page = new.try_to_sign_in(ANNA)
    assert "Too many wrong tries" in page
    assert "Too many wrong tries" in new.try_to_sign_in(ANNA, door.password_of(ANNA))[1]
