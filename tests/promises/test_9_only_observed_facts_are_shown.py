"""Promise 9: what is shown as a fact was observed; "pending" says what it waits for and since when."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from notices.models import Mail
from notices.operations.send_mails import send_mails
from sensors.models import GatewayContact, Measure, Sensor
from tests.support.fleet import Fleet
from tests.support.world import PASSWORD


@pytest.fixture
def owner(fleet: Fleet) -> Client:
    client = Client()
    assert client.login(username=fleet.world.owner.email, password=PASSWORD)
    return client


def status_of(owner: Client, sensor: Sensor) -> str:
    """The same word on the page, in the list and by REST."""
    shown = owner.get(f"/api/v1/sensors/{sensor.pk}/").json()
    word = str(shown["status"])
    assert word in owner.get(f"/sensors/{sensor.pk}/").content.decode()
    assert word in owner.get("/sensors/").content.decode()
    return word


def test_a_certificate_is_no_tunnel(fleet: Fleet, owner: Client):
    assert status_of(owner, fleet.register()) == "Not enrolled"
    assert status_of(owner, fleet.enrolled("box-2")) == "Not connected"


def test_a_tunnel_is_no_open_disk(fleet: Fleet, owner: Client):
    assert status_of(owner, fleet.connected()) == "Connected, disk not known"


def test_what_a_silent_gateway_said_last_is_not_the_present(fleet: Fleet, owner: Client):
    sensor = fleet.connected()
    GatewayContact.objects.update(last_report_at=timezone.now() - timedelta(seconds=91))
    assert status_of(owner, sensor) == "Not known"


def test_a_session_that_its_gateway_ended_is_not_shown(fleet: Fleet, owner: Client):
    sensor = fleet.connected()
    fleet.observe(down=[sensor.subject])
    assert status_of(owner, sensor) == "Not connected"
    assert owner.get(f"/api/v1/sensors/{sensor.pk}/").json()["public_address"] is None


def test_being_cut_off_is_not_cut_off(fleet: Fleet, owner: Client):
    sensor = fleet.connected()
    fleet.reported(sensor)
    assert status_of(owner, sensor) == "Being cut off"
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    assert status_of(owner, sensor) == "Cut off"


def test_each_pending_step_says_for_what_it_waits_and_since_when(fleet: Fleet, owner: Client):
    case = fleet.reported(fleet.connected())
    page = owner.get(f"/cases/{case.pk}/").content.decode()
    # Two measures of the gateway and the mails; the two at base were done in the report's own transaction.
    steps, _, _ = page.partition('id="told"')  # Below stand the mails that wait, one by one.
    assert steps.count("Waiting since") == 3
    assert page.count("for the report of gateway gateway-1") == 2
    assert "for the worker that sends mails" in page
    assert page.count("step--pending") == 3
    done = Measure.objects.filter(case=case).exclude(done_at=None)
    assert {measure.kind for measure in done} == {"key-withheld", "certificate-revoked"}


def test_told_is_who_was_sent_the_mail_and_not_who_was_meant_to_be(
    fleet: Fleet, owner: Client, monkeypatch: pytest.MonkeyPatch
):
    case = fleet.reported(fleet.connected())

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no route to the mail server")

    monkeypatch.setattr("notices.operations.send_mails.EmailMessage.send", refuse)
    assert send_mails() == 0
    page = owner.get(f"/cases/{case.pk}/").content.decode()
    assert "Provider and contacts to be told" in page
    assert "0 of 4 sent" in page
    assert "for the mail server" in page
    monkeypatch.undo()
    Mail.objects.update(next_attempt_at=timezone.now())
    assert send_mails() == 4
    assert "Provider and contacts told" in owner.get(f"/cases/{case.pk}/").content.decode()
