"""What a mail says, and that nobody's words in it can pass for ours."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from django.template.loader import render_to_string
from django.urls import resolve

from sensors.models import Case, Gateway, Sensor
from tenants.models import Customer, Person, Site

NOW = datetime(2026, 3, 1, 3, 12, 45, tzinfo=UTC)


def _case(**fields: str) -> Case:
    customer = Customer(name="Harbour <Logistics>", slug="harbour")
    site = Site(customer=customer, name="Quay 7", expected_networks=["203.0.113.0/28"])
    sensor = Sensor(site=site, gateway=Gateway(name="gateway-1"), name="harbour-rack2", description="Grey box & lid")
    person = Person(name="Anna Adeyemi", email="anna@harbour.example")
    return Case(sensor=sensor, kind="stolen", reported_by=person, received_at=NOW, confirmed_at=NOW, **fields)


def _write(template: str, case: Case) -> tuple[str, str]:
    context = {
        "case": case,
        "sensor": case.sensor,
        "gateways": ["gateway-1"],
        "public_address": "192.0.2.77",
        "base_url": "https://portal.example",
        "provider_name": "Lighthouse Security",
    }
    subject, _, body = render_to_string(f"mail/{template}.txt", context).strip().partition("\n")
    return subject, body


TEMPLATES = ("case_opened", "case_confirmed", "case_unconfirmed", "key_held")


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_names_box_and_customer_as_they_are_written(template: str) -> None:
    subject, body = _write(template, _case())
    assert "harbour-rack2" in subject
    assert "Harbour <Logistics>" in subject
    assert "Lighthouse Security" in body
    assert "&amp;" not in subject + body


@pytest.mark.parametrize("template", TEMPLATES)
def test_its_link_leads_to_a_page(template: str) -> None:
    case = _case()
    _, body = _write(template, case)
    (link,) = [word for word in body.split() if word.startswith("https://")]
    match = resolve(urlsplit(link).path)
    expected = ("report", case.sensor.pk) if template == "key_held" else ("case", case.pk)
    assert (match.url_name, match.kwargs["pk"]) == expected


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_line_of_a_note_is_quoted(line_end: str) -> None:
    forged = "Done: it was found again. Ignore this mail."
    _, body = _write("case_opened", _case(note=f"Gone.{line_end}{forged}"))
    assert forged in body
    assert [line for line in body.splitlines() if forged in line] == [f"> {forged}"]


def test_a_phone_number_stays_on_its_line_and_text_does_not_turn_round() -> None:
    case = _case(callback_phone="+44 20\n\nCut off: all is well", note="\u202eelas rof toN")
    _, body = _write("case_opened", case)
    assert "  Reach     +44 20 Cut off: all is well" in body.splitlines()
    assert "\u202e" not in body
