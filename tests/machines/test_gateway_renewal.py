"""A gateway's certificate is renewed over the machines' door, as a box's is: by the key of the present one alone."""

import pytest

from pki.models import Certificate
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from sensors.models import CertificateRequest
from tenants.models import AuditEntry
from tests.support.fleet import Fleet, renewal, sign_waiting
from tests.support.machines_door import Machine, reason_of

PATH = "/v1/gateway/certificate"


def test_it_waits_for_the_signer_and_the_new_one_serves_beside_the_one_before(fleet: Fleet, agent: Machine):
    body = renewal(fleet.gateway)
    waiting = agent.post(PATH, body)
    assert (waiting.status_code, waiting["Retry-After"]) == (202, "1")
    assert sign_waiting() == 1
    signed = agent.post(PATH, body)
    assert signed.status_code == 201
    newest = Certificate.objects.latest("pk")
    assert signed.json() == {"certificate": newest.pem, "chain": fleet.authority.pem}
    assert (newest.subject, newest.profile) == (fleet.gateway.subject, "gateway")
    for machine in (agent, Machine.with_certificate(newest, "10.20.0.1")):
        assert machine.get("/v1/gateway/state?since=0").status_code == 200
    assert AuditEntry.objects.filter(action="gateway:renewal:request").count() == 1


def test_it_is_refused_early_in_its_life(fleet: Fleet, agent: Machine, settings):
    settings.RENEWABLE_AFTER_PERCENT = 66
    assert reason_of(agent.post(PATH, renewal(fleet.gateway))) == (403, "renewal-too-early")


def test_only_the_key_of_its_own_present_certificate_proves_it(fleet: Fleet, agent: Machine):
    box = fleet.certificate_of(fleet.enrolled())
    for body in ({**renewal(fleet.gateway), "proof": ""}, renewal(fleet.gateway, by=box)):
        assert reason_of(agent.post(PATH, body)) == (403, "proof-refused")
    assert not CertificateRequest.objects.filter(code=None).exists()


def test_four_a_day_and_no_more(fleet: Fleet, agent: Machine):
    newest = agent
    for _ in range(4):
        assert newest.post(PATH, renewal(fleet.gateway)).status_code == 202
        assert sign_waiting() == 1
        newest = Machine.with_certificate(Certificate.objects.latest("pk"), "10.20.0.1")
    assert reason_of(newest.post(PATH, renewal(fleet.gateway))) == (429, "too-many-renewals")


def test_one_that_was_revoked_gets_none_of_what_it_asked_for_before(fleet: Fleet, agent: Machine):
    body = renewal(fleet.gateway)
    assert agent.post(PATH, body).status_code == 202
    revoke_gateway(gateway=fleet.gateway, reason="Stolen.", revoked_by=fleet.world.operator)
    assert sign_waiting() == 0
    assert agent.post(PATH, body).status_code == 403


@pytest.fixture(autouse=True)
def _renewable(settings) -> None:
    settings.RENEWABLE_AFTER_PERCENT = 0
