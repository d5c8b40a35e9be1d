"""Every URL of the people's door by tokens: what the table says of their person, and only what a token may."""

import re
from collections.abc import Iterator

import pytest
from django.urls import resolve

from sensors.doors.token_calls import TOKEN_CALLS
from tenants.models import Customer, Person
from tenants.roles import TOKEN_PERMISSIONS, Permission
from tests.support.access_table import ASKED_BY_BOXES, METHODS, PEOPLES_TABLES, Row, cells, read_table
from tests.support.purses import fill_purses
from tests.support.street import PEOPLE, Street, undone
from tests.support.tokens import token_of

pytestmark = pytest.mark.long

REST = read_table("rest")


def owner_of(actor: str) -> Person:
    found: Person = Person.objects.get(email=f"{PEOPLE[actor]}@example.org")
    return found


def name_of(street: Street, path: str) -> str:
    return resolve(street.filled(path.partition("#")[0])).view_name


def each_cell(street: Street, rows: list[Row], token: str) -> Iterator[tuple[str, str, dict[str, int], int]]:
    for method, path, expected in cells(rows):
        fill_purses()
        with undone():
            answer = street.ask("nobody", method, path, token=token)
        yield method, path, expected, answer.status_code


def test_a_token_for_everything_does_what_its_person_does_and_no_more(street: Street):
    """What no token may, or this one not, is 403 before anything is looked up."""
    assert [wrong for actor in PEOPLE for wrong in beyond_the_person(street, actor)] == []


def beyond_the_person(street: Street, actor: str) -> Iterator[str]:
    held = {each for each in TOKEN_PERMISSIONS if _holds(owner_of(actor), each)}
    for method, path, expected, status in each_cell(street, REST, token_of(owner_of(actor))):
        if path.partition("#")[0] in ASKED_BY_BOXES:
            wanted = expected["nobody"]
        else:
            needed = TOKEN_CALLS.get((name_of(street, path), method))
            wanted = 403 if needed is None or not needed <= held else expected[actor]
        if status != wanted:
            yield f"{actor}: {method} {path}: {status}, not {wanted}"


def _holds(who: Person, permission: Permission) -> bool:
    return who.permits_at_provider(permission) or Customer.objects.permitting(who, permission).exists()


def test_a_token_for_one_thing_does_that_alone(street: Street):
    """Of an administrator, who could do all of it."""
    for permission in sorted(TOKEN_PERMISSIONS):
        does_that_alone(street, permission)


def does_that_alone(street: Street, permission: Permission) -> None:
    allowed = {call for call, needed in TOKEN_CALLS.items() if needed == {permission}}
    done = set()
    for method, path, expected, status in each_cell(street, REST, token_of(owner_of("administrator"), permission)):
        if path.partition("#")[0] in ASKED_BY_BOXES:
            continue
        call = (name_of(street, path), method)
        assert status == (expected["administrator"] if call in allowed else 403), f"{permission}: {method} {path}"
        done |= {call} & allowed
    assert done == allowed


def test_a_token_for_one_customer_finds_nothing_of_another(street: Street):
    for actor in ("administrator", "operator"):
        finds_nothing_of_another(street, actor)


def finds_nothing_of_another(street: Street, actor: str) -> None:
    harbour = Customer.objects.get(pk=street.objects["our-customer"])
    theirs = re.compile(r"\{(theirs|their-\w+)\}|#at-theirs")
    rows = [row for row in REST if theirs.search(row.path)]
    compared = 0
    for method, path, expected, status in each_cell(street, rows, token_of(owner_of(actor), customer=harbour)):
        if (name_of(street, path), method) in TOKEN_CALLS:
            assert status in {404, 403, 400}, f"{method} {path}"
            assert status != expected[actor] or status == 404, f"{method} {path}"
            compared += 1
    assert compared > 10


def test_a_token_is_nobody_on_pages(street: Street):
    token = token_of(owner_of("administrator"))
    rows = [row for table in PEOPLES_TABLES if table != "rest" for row in read_table(table)]
    wrong = [
        f"{method} {path}: {status}"
        for method, path, expected, status in each_cell(street, rows, token)
        if status != expected["nobody"]
    ]
    assert wrong == []


def test_the_table_of_tokens_names_calls_that_are_there(street: Street):
    there = {
        (name_of(street, path), method)
        for method, path, expected in cells(REST)
        if method in METHODS and set(expected.values()) - {405, 404, 403, 302}
    }
    assert set(TOKEN_CALLS) <= there
    assert set().union(*TOKEN_CALLS.values()) == TOKEN_PERMISSIONS


NEVER = {
    ("api-closing", "POST"),
    ("api-closing-agree", "POST"),
    ("api-sensor-permit-key", "POST"),
    ("api-sensor-replace", "POST"),
}


def test_each_call_is_decided_on(street: Street):
    """A new one is in the table of tokens, or written down here."""
    there = {
        (name_of(street, path), method)
        for method, path, expected in cells(REST)
        if path.partition("#")[0] not in ASKED_BY_BOXES and set(expected.values()) & {200, 201}
    }
    assert there - set(TOKEN_CALLS) == NEVER
