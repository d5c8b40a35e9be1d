"""Promise 7: a stranger's object is a 404 that cannot be told from a missing one, and nothing of it shows elsewhere.

The table of every URL, method and kind of caller is in tests/access. Here: no answer to a stranger, however it is
asked, holds a word of the other customer; and no mail leaves for a stranger.
"""

import itertools
import re
from uuid import uuid4

import pytest
from django.test import Client

from notices.models import Mail
from sensors.cases.operations import escalate_cases as escalation
from sensors.models import Case
from tests.support.fleet import Fleet, session_of
from tests.support.signed_in import by_password


@pytest.fixture
def case(fleet: Fleet) -> Case:
    """Harbour's whole story: a connected box, a key held and a theft."""
    sensor = fleet.connected("harbour-secret")
    fleet.observe(up=[session_of(sensor, "203.0.113.99")])
    return fleet.reported(sensor)


def words_of(fleet: Fleet, case: Case) -> list[str]:
    sensor, world = case.sensor, fleet.world
    return [
        *(str(one.pk) for one in (case, sensor, world.harbour, world.quay)),
        *(sensor.name, sensor.subject, sensor.address, world.harbour.name, world.quay.name, "203.0.113.99"),
        *(world.owner.email, world.manager.email, fleet.certificate_of(sensor).serial),
    ]


def addresses_of(case_key: object, sensor_key: object) -> list[tuple[str, str]]:
    one = (f"/sensors/{sensor_key}/", f"/sensors/{sensor_key}/report/", f"/cases/{case_key}/")
    api = (f"/api/v1/sensors/{sensor_key}/", f"/api/v1/cases/{case_key}/")
    sent = (f"/sensors/{sensor_key}/report/", f"/api/v1/sensors/{sensor_key}/report-loss/")
    code = (f"/api/v1/sensors/{sensor_key}/enrolment-code/", f"/api/v1/sensors/{sensor_key}/artifacts/client.conf")
    return [*itertools.product(["GET"], (*one, *api, code[1])), *itertools.product(["POST"], (*sent, code[0]))]


def ask(client: Client, method: str, path: str) -> tuple[int, str]:
    answer = client.generic(method, path, '{"kind": "stolen"}', content_type="application/json")
    # The token against forged requests is masked differently in each answer.
    return answer.status_code, re.sub(r"\b[A-Za-z0-9]{64}\b", "TOKEN", answer.content.decode())


def test_another_customers_object_answers_as_one_that_is_not_there(fleet: Fleet, case: Case):
    stranger = by_password(fleet, "stranger")
    missing = uuid4(), uuid4()
    there = [ask(stranger, *one) for one in addresses_of(case.pk, case.sensor_id)]
    nowhere = [ask(stranger, *one) for one in addresses_of(*missing)]
    assert {status for status, _ in there} == {404}
    plain = [
        body.replace(str(missing[0]), str(case.pk)).replace(str(missing[1]), str(case.sensor_id)) for _, body in nowhere
    ]
    assert [body for _, body in there] == plain
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    "query", ["", "?q=harbour-secret", "?page=1", "?limit=1000", "?q=203.0.113.99", "?search=secret"]
)
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sensors/",
        "/cases/",
        "/decisions/",
        *(f"/api/v1/{name}/" for name in ("customers", "sites", "sensors", "cases", "gateways")),
    ],
)
def test_no_list_holds_a_word_of_another_customer(fleet: Fleet, case: Case, path: str, query: str):
    _, body = ask(by_password(fleet, "stranger"), "GET", path + query)
    own_words = "harbour-secret" if query.startswith("?q=") else ""
    assert [word for word in words_of(fleet, case) if word in body and word not in (own_words, query[3:])] == []
    # The same words are there for whom they concern, or the list above proves nothing.
    if path in {"/", "/sensors/", "/cases/", "/api/v1/sensors/"} and not query:
        _, own = ask(by_password(fleet, "owner"), "GET", path)
        assert case.sensor.name in own


def test_no_mail_of_a_theft_goes_to_a_stranger(fleet: Fleet, case: Case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(escalation, "PATIENCE", -escalation.PATIENCE)
    assert escalation.escalate_cases() == 1
    fleet.observe(cuts=[fleet.cut_of(case.sensor)])
    told = set(Mail.objects.filter(about=case.about).values_list("recipient", flat=True))
    assert fleet.world.owner.email in told
    assert fleet.world.stranger.email not in told


def test_two_customers_boxes_of_the_same_name_are_two(fleet: Fleet, case: Case):
    own = fleet.connected("harbour-secret", site=fleet.world.dairy, public_address="198.51.100.22")
    stranger = by_password(fleet, "stranger")
    _, body = ask(stranger, "GET", "/api/v1/sensors/")
    assert str(own.pk) in body
    assert str(case.sensor_id) not in body
    assert "Being cut off" not in body
