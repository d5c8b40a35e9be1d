"""The attacks on people's accounts once more, over HTTP at a door that runs as in service."""

import urllib.error
from urllib.parse import urlencode

import pytest

from lab.visitor import Visitor
from tests.support.answers import NOISE
from tests.support.browser.people_door import PeopleDoor, door

__all__ = ["door"]

pytestmark = pytest.mark.live

EVIL = "evil@example.org"


def visitor_of(door: PeopleDoor, email: str) -> Visitor:
    visitor = Visitor(door.address)
    visitor.sign_in(email, door.password_of(email))
    return visitor


def answer(visitor: Visitor, path: str) -> tuple[int, bytes]:
    """Without what differs from answer to answer in any case."""
    try:
        return 200, NOISE.sub(b"", visitor.get(path).encode())
    except urllib.error.HTTPError as refusal:
        return refusal.code, NOISE.sub(b"", refusal.read())


def test_an_operator_does_not_read_password_hashes(door: PeopleDoor):
    otto = visitor_of(door, "otto@provider.example")
    guesses = ("^pbkdf2", "^nothing like it", "(")
    answers = {answer(otto, f"/admin/tenants/person/?{urlencode({'password__regex': guess})}") for guess in guesses}
    assert {status for status, _ in answers} == {404}
    assert len(answers) == 1
    assert answer(otto, "/admin/tenants/person/?q=olga")[0] == 200
    assert "list:read" in otto.get("/admin/tenants/auditentry/?action=list:read")


def test_one_of_two_administrators_gets_no_second_account(door: PeopleDoor):
    olga = visitor_of(door, "olga@provider.example")
    olga.get("/admin/tenants/person/add/")
    values = {"email": EVIL, "name": "Evil Twin", "phone": "", "role": "operator", "customer": "", "reason": "Please."}
    waiting = olga.post("/admin/tenants/person/add/", **values)
    assert "/decisions/" in waiting
    with pytest.raises(urllib.error.HTTPError, match="409"):
        olga.post(waiting.removeprefix(door.address), do="agree")
    assert "You have asked for this account" in olga.get(waiting.removeprefix(door.address))
    assert EVIL not in olga.get(f"/admin/tenants/person/?q={EVIL.split('@')[0]}").partition("result_list")[2]
