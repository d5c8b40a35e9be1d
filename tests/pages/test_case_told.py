"""Who was told, on the case's page. What each may read is tried on `delivery_log`; here, that no more is shown."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices.models import Mail
from sensors.models import Case
from tenants.models import Person
from tests.support.fleet import Fleet
from tests.support.signed_in import As


def section(client: Any, case: Case) -> str:
    """Its text alone, as a browser would get it."""
    text: str = client.get(f"/cases/{case.pk}/").content.decode()
    [found] = re.findall(r'<section class="card third" aria-labelledby="told">.*?</section>', text, re.DOTALL)
    return " ".join(found.split())


def test_a_contact_reads_who_was_told_and_no_address_of_the_staff(fleet: Fleet, signed_in: As):
    case = fleet.reported(fleet.connected())
    Mail.objects.filter(recipient="owner@example.org").update(sent_at=timezone.now(), attempts=1)
    text = section(signed_in(fleet.world.owner), case)
    assert "1 of 4 people was told; 3 mails are waiting." in text
    assert "The provider&#x27;s staff (2)" in text
    assert "Mail: Reported. Handed to the mail server" in text
    assert "not tried yet" in text
    assert "@" not in text
    assert "Operator" not in text
    assert " read" in text  # ... is not known here.


def test_the_staff_read_whom_by_name_and_address(fleet: Fleet, signed_in: As):
    case = fleet.reported(fleet.connected())
    text = section(signed_in(fleet.world.operator), case)
    for address in ("operator@example.org", "owner@example.org", "manager@example.org"):
        assert address in text
    assert text.count("(provider's staff)") == 2


@pytest.mark.parametrize("role", ["owner", "auditor"])
def test_it_says_nothing_of_what_a_mail_or_the_mail_server_says(fleet: Fleet, signed_in: As, role: str):
    case = fleet.reported(fleet.connected())
    Mail.objects.filter(about=case.about).update(
        subject="PLANTED", body="https://portal.example/PLANTED", last_error="SMTPDataError: PLANTED", attempts=2
    )
    client = signed_in(getattr(fleet.world, role))
    assert "tried 2 times: the mail server does not take it. It is tried again" in section(client, case)
    assert "PLANTED" not in client.get(f"/cases/{case.pk}/").content.decode()


@pytest.mark.parametrize("role", ["owner", "auditor"])
def test_a_hostile_name_stands_as_text_on_one_line(fleet: Fleet, signed_in: As, role: str):
    case = fleet.reported(fleet.connected())
    Person.objects.filter(email="manager@example.org").update(
        name="<b>Mallory</b>\nHanded to\N{RIGHT-TO-LEFT OVERRIDE} the mail server"
    )
    client = signed_in(getattr(fleet.world, role))
    text = client.get(f"/cases/{case.pk}/").content.decode()
    assert "&lt;b&gt;Mallory&lt;/b&gt; Handed to the mail server</bdi>" in text
    assert "<b>" not in text


def test_a_stranger_is_told_nothing(fleet: Fleet, signed_in: As):
    case = fleet.reported(fleet.connected())
    assert signed_in(fleet.world.stranger).get(f"/cases/{case.pk}/").status_code == 404


def test_it_keeps_still_until_a_mail_is_sent(fleet: Fleet, signed_in: As):
    case = fleet.reported(fleet.connected())
    client, path = signed_in(fleet.world.owner), f"/cases/{case.pk}/"
    [seen] = re.findall(r'name="seen" value="(\w+)"', client.get(path).content.decode())
    assert client.get(path, {"seen": seen}, headers={"HX-Request": "true"}).status_code == 204
    Mail.objects.filter(recipient="manager@example.org").update(sent_at=timezone.now())
    part = client.get(path, {"seen": seen}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "1 of 4 people was told" in part.content.decode()


@pytest.mark.parametrize("role", ["owner", "auditor"])
def test_five_hundred_mails_make_the_page_no_dearer(fleet: Fleet, signed_in: As, role: str):
    case = fleet.reported(fleet.connected())
    client = signed_in(getattr(fleet.world, role))
    counts, texts = [], []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            texts.append(section(client, case))
        counts.append(len(queries))
        mail = {"subject": "s", "body": "b", "about": case.about, "kind": "case_note"}
        Mail.objects.bulk_create(Mail(recipient="owner@example.org", **mail) for _ in range(500))
    assert counts[0] == counts[1]
    assert "more." not in texts[0]
    assert re.search(r"And 48\d more\.", texts[1])
    assert texts[1].count("<li>") <= 21


def test_a_case_without_a_mail_says_that_none_is_on_record(fleet: Fleet, signed_in: As):
    case = fleet.reported(fleet.connected())
    Mail.objects.filter(about=case.about).delete()
    text = section(signed_in(fleet.world.owner), case)
    assert "No mail about this case is on record." in text
    assert "obody" not in text
