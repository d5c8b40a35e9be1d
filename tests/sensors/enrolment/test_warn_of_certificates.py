"""Operators hear thirty, fourteen and three days before a certificate ends that they have to look after."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from database.roles.declaration import MACHINES, WORKER
from notices.models import Mail
from pki.models import Certificate
from sensors.enrolment.operations.request_gateway_renewal import request_gateway_renewal
from sensors.enrolment.operations.warn_of_certificates import warn_of_certificates
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from tests.support.fleet import Fleet, renewal, sign_waiting
from tests.support.roles import acting_as

pytestmark = pytest.mark.django_db
OF_THE_GATEWAY = "the certificate of the gateway gateway-1"


def warned(at: datetime) -> set[str]:
    """The subjects of the mails of this moment."""
    before = list(Mail.objects.values_list("pk", flat=True))
    with acting_as(WORKER):
        warn_of_certificates(now=at)
    return set(Mail.objects.exclude(pk__in=before).values_list("subject", flat=True))


def end_of(fleet: Fleet) -> datetime:
    return Certificate.objects.of_subject(fleet.gateway.subject).latest("pk").not_after


def test_thirty_fourteen_and_three_days_before_the_end_once_each(fleet: Fleet):
    fleet.enrol_gateway()
    left = (200, 30.1, 29.5, 29, 14.1, 13.5, 13, 3.1, 2.5, 1.5, 0.5)
    told = {days: warned(end_of(fleet) - timedelta(days=days)) for days in left}
    assert {days: mails for days, mails in told.items() if mails} == {
        29.5: {f"Ends in 29 days: {OF_THE_GATEWAY}"},
        13.5: {f"Ends in 13 days: {OF_THE_GATEWAY}"},
        2.5: {f"Ends in 2 days: {OF_THE_GATEWAY}"},
    }


def test_who_was_away_hears_of_the_latest_alone(fleet: Fleet):
    fleet.enrol_gateway()
    assert warned(end_of(fleet) + timedelta(hours=1)) == {f"ENDED: {OF_THE_GATEWAY}"}


def test_one_that_was_renewed_is_not_told_of(fleet: Fleet, settings: Any, monkeypatch: pytest.MonkeyPatch):
    settings.RENEWABLE_AFTER_PERCENT = 0
    fleet.enrol_gateway()
    soon = end_of(fleet) - timedelta(days=1)
    with monkeypatch.context() as patch:
        later = timezone.now() + timedelta(days=300)
        patch.setattr("sensors.enrolment.operations.sign_certificate.timezone.now", lambda: later)
        with acting_as(MACHINES):
            request_gateway_renewal(gateway=fleet.gateway, **renewal(fleet.gateway))
        sign_waiting()
    assert end_of(fleet) > soon + timedelta(days=200)
    assert warned(soon) == set()


def test_one_that_was_revoked_is_not_told_of(fleet: Fleet):
    fleet.enrol_gateway()
    soon = end_of(fleet) - timedelta(days=1)
    revoke_gateway(gateway=fleet.gateway, reason="Stolen.", revoked_by=fleet.world.operator)
    assert warned(soon) == set()


def test_the_authoritys_own_end_is_told_of(fleet: Fleet):
    end = fleet.authority.certificate.not_valid_after_utc
    assert warned(end - timedelta(days=31)) == set()
    assert warned(end - timedelta(days=29.5)) == {"Ends in 29 days: the certificate of the authority underlay"}
