"""Staff who look at lists that speak of people leave a row, and cannot grow the trail by it."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from tenants.audit.record_read import MOST, WINDOW, record_read
from tenants.models import AuditEntry, Person, StaffRead
from tests.support.at_once import at_once, results
from tests.support.world import World, make_world


def read(reader: Person, **asked: str) -> None:
    record_read(reader=reader, listing="tenants.person", asked={name: [value] for name, value in asked.items()})


def rows() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="list:read").order_by("pk"))


def later(time: timedelta) -> None:
    """As if what was read had been read so much earlier."""
    for row in StaffRead.objects.all():
        StaffRead.objects.filter(pk=row.pk).update(at=row.at - time)


def test_a_row_says_who_which_list_and_by_which_filter(world: World):
    read(world.auditor, q="olga", is_staff__exact="1")
    row = rows()[0]
    assert (row.actor, row.subject) == ("person:auditor@example.org", "tenants.person")
    assert row.details == {"asked": {"is_staff__exact": "1", "q": "olga"}}
    assert row.chain.customer is None


def test_the_same_question_is_one_row_for_a_while(world: World):
    for _ in range(3):
        read(world.auditor, q="a")
    read(world.auditor, q="b")
    read(world.operator, q="a")
    assert len(rows()) == 3
    later(WINDOW)
    read(world.auditor, q="a")
    assert len(rows()) == 4


def test_another_list_is_another_question(world: World):
    for listing in ("tenants.person", "notices.mail"):
        record_read(reader=world.auditor, listing=listing, asked={})
    assert [row.subject for row in rows()] == ["tenants.person", "notices.mail"]


def test_nobody_grows_the_trail_at_will_and_it_says_where_it_has_a_gap(world: World):
    for number in range(3 * MOST):
        read(world.auditor, q=str(number))
    assert len(rows()) == MOST + 1
    assert rows()[-1].details == {"reason": "more in these 10 minutes"}
    read(world.operator, q="1")  # one person's many questions hide nobody else's
    assert rows()[-1].actor == "person:operator@example.org"
    later(WINDOW)
    read(world.auditor, q="again")
    assert rows()[-1].details == {"asked": {"q": "again"}}
    assert StaffRead.objects.filter(reader=world.auditor).count() == 1


def test_what_was_asked_is_cut_and_holds_nothing_that_cannot_be_seen(world: World):
    read(world.auditor, q="a\0b\nc\u202ed" + "x" * 5000, **{f"n{number}": "x" for number in range(100)})
    details = rows()[0].details["asked"]
    assert len(details) == 10
    assert all(len(value) <= 80 and value.isprintable() for value in details.values())
    read(world.auditor, q="a\0b\nc\u202ed" + "x" * 4999 + "y")
    assert len(rows()) == 2, "what was cut off made it the same question"


@pytest.mark.django_db(transaction=True)
def test_the_same_question_by_eight_at_once_is_one_row(settings: Any):
    world = make_world()
    results(at_once([lambda: read(world.auditor, q="a")] * 8))
    assert len(rows()) == 1


@pytest.mark.django_db(transaction=True)
def test_many_questions_at_once_make_no_more_rows_than_one_after_the_other(settings: Any):
    world = make_world()
    StaffRead.objects.bulk_create(
        StaffRead(reader=world.auditor, listing="tenants.person", asked=str(number), at=timezone.now())
        for number in range(MOST - 1)
    )
    results(at_once([partial(read, world.auditor, q=str(number)) for number in range(8)]))
    assert len(rows()) == 2
