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


@pytest.mark.parametrize("actor", PEOPLE)
def test_a_token_for_everything_does_what_its_person_does_and_no_more(street: Street, actor: str):
    """What no token may, or this one not, is 403 before anything is looked up."""
    held = {each for each in TOKEN_PERMISSIONS if _holds(owner_of(actor), each)}
    wrong = []
    for method, path, expected, status in each_cell(street, REST, token_of(owner_of(actor))):
        if path.partition("#")[0] in ASKED_BY_BOXES:
            wanted = expected["nobody"]
        else:
            needed = TOKEN_CALLS.get((name_of(street, path), method))
            wanted = 403 if needed is None or not needed <= held else expected[actor]
        if status != wanted:
            wrong.append(f"{method} {path}: {status}, not {wanted}")
    assert wrong == []


def _holds(who: Person, permission: Permission) -> bool:
    return who.permits_at_provider(permission) or Customer.objects.permitting(who, permission).exists()


@pytest.mark.parametrize("permission", sorted(TOKEN_PERMISSIONS))
def test_a_token_for_one_thing_does_that_alone(street: Street, permission: Permission):
    """Of an administrator, who could do all of it."""
    allowed = {call for call, needed in TOKEN_CALLS.items() if needed == {permission}}
    done = set()
    for method, path, expected, status in each_cell(street, REST, token_of(owner_of("administrator"), permission)):
        if path.partition("#")[0] in ASKED_BY_BOXES:
            continue
        call = (name_of(street, path), method)
        assert status == (expected["administrator"] if call in allowed else 403), f"{method} {path}"
        done |= {call} & allowed
    assert done == allowed


@pytest.mark.parametrize("actor", ["administrator", "operator"])
def test_a_token_for_one_customer_finds_nothing_of_another(street: Street, actor: str):
    harbour = Customer.objects.get(pk=street.objects["our-customer"])
    theirs = re.compile(r"\{(theirs|their-\w+)\}|#at-theirs")
    compared = 0
    for method, path, expected, status in each_cell(street, REST, token_of(owner_of(actor), customer=harbour)):
        call = (name_of(street, path), method)
        if call in TOKEN_CALLS and theirs.search(path):
            assert status in {404, 403, 400}, f"{method} {path}"
            assert status != expected[actor] or status == 404, f"{method} {path}"
            compared += 1
    assert compared > 10


@pytest.mark.parametrize("table", [table for table in PEOPLES_TABLES if table != "rest"])
def test_a_token_is_nobody_on_pages(street: Street, table: str):
    wrong = [
        f"{method} {path}: {status}"
        for method, path, expected, status in each_cell(street, read_table(table), token_of(owner_of("administrator")))
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
