"""Loss cards made, printed and revoked."""

import re

import pytest

from limits.budget import Budget
from sensors.models import LossCard
from tenants.models import Person
from tests.support.fleet import Fleet
from tests.support.loss_cards import Guard, card_of
from tests.support.signed_in import As

CODE = re.compile(r'<code data-testid="code">([A-Z0-9-]+)</code>')


def path_of(fleet: Fleet) -> str:
    return f"/cards/{fleet.world.quay.pk}/"


def test_it_is_shown_once_to_be_printed_and_its_code_works(fleet: Fleet, signed_in: As, settings):
    settings.PROVIDER_PHONE = "+44 20 7946 0100"
    fleet.connected()
    client = signed_in(fleet.world.owner)
    answer = client.post(path_of(fleet), {"after": "0"})
    text = answer.content.decode()
    [code] = CODE.findall(text)
    assert answer.status_code == 201
    for words in ("<svg", "Quay 7", "+44 20 7946 0100", "/card/", f"Loss card {LossCard.objects.get().pk}"):
        assert words in text
    assert "no-store" in answer["Cache-Control"]
    assert Guard(code).look_at_boxes().status_code == 200
    for path in (path_of(fleet), "/cards/"):
        assert code not in client.get(path).content.decode()
    assert code not in str(dict(client.session))


def test_a_page_that_is_loaded_again_makes_no_second_card_and_ends_none(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.owner)
    assert [client.post(path_of(fleet), {"after": "0"}).status_code for _ in range(2)] == [201, 422]
    assert LossCard.objects.get().revoked_at is None


def test_a_new_card_ends_the_one_before_it(fleet: Fleet, signed_in: As):
    before, old = card_of(fleet)
    answer = signed_in(fleet.world.manager).post(path_of(fleet), {"after": str(before.pk)})
    [code] = CODE.findall(answer.content.decode())
    assert Guard(old).look_at_boxes().status_code == 422
    assert Guard(code).look_at_boxes().status_code == 200
    before.refresh_from_db()
    assert before.revoked_by == fleet.world.manager


def test_revoking_ends_it_at_once_and_can_be_sent_twice(fleet: Fleet, signed_in: As):
    card, code = card_of(fleet)
    client = signed_in(fleet.world.operator)
    for _ in range(2):
        assert client.post(path_of(fleet), {"revoke": str(card.pk)}).status_code == 302
    assert Guard(code).look_at_boxes().status_code == 422
    page = client.get(path_of(fleet)).content.decode()
    assert "There is no card yet" in page
    assert "by <bdi>Operator</bdi>" in page


def test_who_may_revoke_at_one_site_revokes_none_of_anothers(fleet: Fleet, signed_in: As):
    theirs, code = card_of(fleet, fleet.world.dairy, fleet.world.stranger)
    assert signed_in(fleet.world.owner).post(path_of(fleet), {"revoke": str(theirs.pk)}).status_code == 404
    assert Guard(code).look_at_boxes().status_code == 200


@pytest.mark.parametrize(
    "body", [{"after": ""}, {"after": "x"}, {"after": "9" * 40}, {"revoke": "-1"}, {"revoke": "²"}]
)
def test_what_no_form_sends_is_not_found(fleet: Fleet, signed_in: As, body: dict[str, str]):
    assert signed_in(fleet.world.owner).post(path_of(fleet), body).status_code == 404
    assert not LossCard.objects.exists()


def test_the_list_has_the_own_sites_and_is_looked_through(fleet: Fleet, signed_in: As):
    card, _ = card_of(fleet)
    card_of(fleet, fleet.world.dairy, fleet.world.stranger)
    page = signed_in(fleet.world.owner).get("/cards/").content.decode()
    assert f"Card {card.pk}" in page
    assert "Dairy North" not in page
    staff = signed_in(fleet.world.operator)
    assert "Dairy North" in staff.get("/cards/").content.decode()
    found = staff.get("/cards/", {"q": "meadow"}).content.decode()
    assert "Dairy North" in found
    assert "Quay 7" not in found


def test_who_reported_is_said_to_be_the_card(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    card, code = card_of(fleet)
    Guard(code).report(sensor)
    called = f"Loss card {card.pk}, Quay 7"
    client = signed_in(fleet.world.manager)
    case = sensor.cases.get()
    for path in ("/cases/", f"/cases/{case.pk}/", f"/cases/{case.pk}/note/", "/records/"):
        assert called in client.get(path).content.decode(), path
    assert called in signed_in(fleet.world.operator).get("/admin/sensors/case/").content.decode()


def test_a_person_whose_roles_were_taken_leaves_no_card_of_which_nobody_knows(fleet: Fleet, signed_in: As):
    """It stays good, since it is the site's; the others were told, see it, and end it."""
    card, _ = card_of(fleet, by=fleet.world.owner)
    Person.objects.filter(pk=fleet.world.owner.pk).update(is_active=False)
    assert f"Card {card.pk} is good" in signed_in(fleet.world.manager).get(path_of(fleet)).content.decode()


def test_nobody_fills_the_others_mailboxes_with_new_cards(fleet: Fleet, signed_in: As, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sensors.cases.pages.loss_cards.MADE_BY_PERSON", Budget("card:make", burst=2, refill=3600))
    path, browser = path_of(fleet), signed_in(fleet.world.owner)
    made = []
    for _ in range(3):
        newest = LossCard.objects.filter(site=fleet.world.quay).first()
        made.append(browser.post(path, {"after": newest.pk if newest else 0}).status_code)
    assert made == [201, 201, 429]
    assert LossCard.objects.good().count() == 1
    assert LossCard.objects.count() == 2
