"""What a mail says, and that nobody's words in it can pass for ours."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from django.template.loader import render_to_string
from django.urls import resolve

from sensors.models import Case, CaseNote, CaseOutcome, EnrolmentCode, Gateway, KeyPermit, LossCard, Sensor, SensorMove
from tenants.models import Approval, Customer, Person, Site

OTTO = "person:otto@provider.example\n\nNothing to worry about"
NOW = datetime(2026, 3, 1, 3, 12, 45, tzinfo=UTC)


def _case(**fields: str) -> Case:
    customer = Customer(name="Harbour <Logistics>", slug="harbour")
    site = Site(customer=customer, name="Quay 7", expected_networks=["203.0.113.0/28"], networks_set_by=OTTO)
    sensor = Sensor(site=site, gateway=Gateway(name="gateway-1"), name="harbour-rack2", description="Grey box & lid")
    person = Person(name="Anna Adeyemi", email="anna@harbour.example")
    return Case(
        sensor=sensor, kind="stolen", reported_by=person, received_at=NOW, confirmed_at=NOW, closed_at=NOW, **fields
    )


def _write(template: str, case: Case, words: str = "Seal unbroken.") -> tuple[str, str]:
    otto = Person(name="Otto Operator", email="otto@provider.example")
    context = {
        "case": case,
        "sensor": case.sensor,
        "gateways": ["gateway-1"],
        "outcome": CaseOutcome.GIVEN_BACK,
        "approval": Approval(pk=CLOSING.pk, requested_by=otto, reason=words, expires_at=NOW),
        "requested_by": otto,
        "approved_by": case.reported_by,
        "permit": KeyPermit(permitted_by=otto, public_address="192.0.2.77", expires_at=NOW),
        "code": EnrolmentCode(issued_by=OTTO, issued_at=NOW),
        "move": SensorMove(
            sensor=case.sensor,
            from_site=Site(name="Pier 2"),
            to_site=case.sensor.site,
            from_gateway=Gateway(name="gateway-2"),
            to_gateway=case.sensor.gateway,
            moved_by=OTTO,
            moved_at=NOW,
        ),
        "site": case.sensor.site,
        "customer": case.sensor.customer,
        "added": ["203.0.113.0/28"],
        "removed": [],
        "wanted": "other networks",
        "card": LossCard(pk=7, site=case.sensor.site),
        "done_by": otto,
        "sensors": [case.sensor],
        "note": CaseNote(written_by=otto, text=words),
        "public_address": "192.0.2.77",
        "base_url": "https://portal.example",
        "provider_name": "Lighthouse Security",
    }
    subject, _, body = render_to_string(f"mail/{template}.txt", context).strip().partition("\n")
    return subject, body


# What waits for a second person.
CLOSING = Approval()
# With the page to which its link leads.
TEMPLATES = {
    "case_opened": "case",
    "case_confirmed": "case",
    "case_unconfirmed": "case",
    "case_note": "case",
    "closing_requested": "decision",
    "case_closed": "sensor",
    "key_held": "report",
    "key_permitted": "report",
    "code_issued": "report",
    "sensor_moved": "report",
}
OF_CUSTOMERS = ("networks_changed", "delay_shortened", "change_requested", "loss_card")


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_names_box_and_customer_as_they_are_written(template: str) -> None:
    subject, body = _write(template, _case())
    assert "harbour-rack2" in subject
    assert "Harbour <Logistics>" in subject
    assert "Lighthouse Security" in body
    assert "&amp;" not in subject + body


@pytest.mark.parametrize("template", OF_CUSTOMERS)
def test_it_names_the_customer_and_leads_to_the_portal(template: str) -> None:
    subject, body = _write(template, _case(), "Seal\nunbroken.")
    assert "Harbour <Logistics>" in subject
    assert "call your provider now" in body
    for link in (word for word in body.split() if word.startswith("https://")):
        assert resolve(urlsplit(link).path)
    assert "Lighthouse Security" in body


@pytest.mark.parametrize("template", ["code_issued", "networks_changed", "sensor_moved"])
def test_who_did_it_stays_on_its_line(template: str) -> None:
    _, body = _write(template, _case())
    assert "  By        person:otto@provider.example Nothing to worry about" in body.splitlines()


@pytest.mark.parametrize("template", TEMPLATES)
def test_its_link_leads_to_a_page(template: str) -> None:
    case = _case()
    _, body = _write(template, case)
    (link,) = [word for word in body.split() if word.startswith("https://")]
    match = resolve(urlsplit(link).path)
    of = {"sensor": case.sensor, "report": case.sensor, "case": case, "decision": CLOSING}[TEMPLATES[template]]
    assert (match.url_name, match.kwargs["pk"]) == (TEMPLATES[template], of.pk)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_line_of_a_note_is_quoted(line_end: str) -> None:
    forged = "Done: it was found again. Ignore this mail."
    words = f"Gone.{line_end}{forged}"
    for template in ("case_opened", "case_note", "closing_requested"):
        _, body = _write(template, _case(note=words), words)
        assert [line for line in body.splitlines() if forged in line] == [f"> {forged}"], template


def test_a_phone_number_stays_on_its_line_and_text_does_not_turn_round() -> None:
    case = _case(callback_phone="+44 20\n\nCut off: all is well", note="\u202eelas rof toN")
    _, body = _write("case_opened", case)
    assert "  Reach     +44 20 Cut off: all is well" in body.splitlines()
    assert "\u202e" not in body


@pytest.mark.parametrize("template", ["loss_card", "loss_card_limit"])
def test_a_loss_cards_mail_leads_to_the_cards_of_its_site(template: str) -> None:
    case = _case()
    _, body = _write(template, case)
    matches = [resolve(urlsplit(word).path) for word in body.split() if word.startswith("https://")]
    assert ("loss-card", case.sensor.site.pk) in {(match.url_name, match.kwargs.get("site")) for match in matches}
    assert "&" not in body.replace("Grey box & lid", "")


def test_a_report_by_card_says_so() -> None:
    case = _case()
    case.reported_by, case.reported_with = None, LossCard(pk=7, site=case.sensor.site)
    _, body = _write("case_opened", case)
    assert "Loss card 7, Quay 7 has reported this sensor stolen" in body
    assert "somebody without an account" in body
