"""A person's own tokens on the pages."""

import re
from typing import Any

from django.test import Client

from accounts.models import AccessToken
from accounts.operations.note_token_use import note_token_use
from notices.models import Mail
from tests.support.fleet import Fleet
from tests.support.signed_in import As, by_password
from tests.support.tokens import by_token, token_of
from tests.support.world import PASSWORD

NEW = "/accounts/tokens/new/"
FORM = {"name": "SIEM at base", "permissions": ["sensor:view"], "customer": "", "days": "90"}
WRITTEN = re.compile(r"nsm_[a-z2-7]{8}_[0-9A-Za-z]{49}")


def proved(fleet: Fleet, name: str) -> Client:
    """Signed in, and has just said the password again."""
    client = by_password(fleet, name)
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


def test_nobody_makes_one_without_saying_again_who_they_are(fleet: Fleet):
    client = by_password(fleet, "owner")
    for answer in (client.get(NEW), client.post(NEW, FORM)):
        assert (answer.status_code, "/accounts/reauthenticate/" in answer["Location"]) == (302, True)
    assert not AccessToken.objects.exists()


def test_it_is_shown_once_and_works(fleet: Fleet):
    client = proved(fleet, "owner")
    answer = client.post(NEW, FORM)
    found = WRITTEN.findall(answer.content.decode())
    assert (answer.status_code, len(found), "no-store" in answer["Cache-Control"]) == (201, 1, True)
    assert by_token(found[0]).get("/api/v1/sensors/").status_code == 200
    for path in ("/accounts/tokens/", "/accounts/2fa/", NEW):
        assert not WRITTEN.search(client.get(path).content.decode())
    assert found[0] not in str(dict(client.session))


def test_the_same_form_again_makes_no_second_one(fleet: Fleet):
    client = proved(fleet, "owner")
    assert [client.post(NEW, FORM).status_code for _ in range(2)] == [201, 422]
    assert AccessToken.objects.count() == 1


def test_the_form_offers_what_the_person_may_and_no_more(fleet: Fleet):
    page = proved(fleet, "viewer").get(NEW).content.decode()
    assert "See sensors" in page
    assert "Report a sensor" not in page
    assert "Meadow" not in page
    for sent in ({"permissions": ["sensor:manage"]}, {"customer": str(fleet.world.meadow.pk)}, {"days": "3650"}):
        answer = proved(fleet, "viewer").post(NEW, FORM | sent)
        assert answer.status_code == 422
    assert not AccessToken.objects.exists()


def test_what_is_missing_is_said_beside_its_field(fleet: Fleet):
    answer = proved(fleet, "owner").post(NEW, {"days": "90"})
    assert answer.status_code == 422
    assert "Choose at least one thing" in answer.content.decode()


def test_the_list_shows_the_own_ones_and_when_they_were_used(fleet: Fleet, signed_in: As):
    token_of(fleet.world.owner, name="SIEM <b>at</b> base")
    token_of(fleet.world.manager, name="of somebody else")
    note_token_use(
        token=AccessToken.objects.select_related("use").get(person=fleet.world.owner), address="203.0.113.77"
    )
    page = signed_in(fleet.world.owner).get("/accounts/tokens/").content.decode()
    assert "SIEM &lt;b&gt;at&lt;/b&gt; base" in page
    assert "203.0.113.77" in page
    assert "of somebody else" not in page


def test_one_press_ends_it_at_once(fleet: Fleet, signed_in: As):
    token = token_of(fleet.world.owner)
    row, client = AccessToken.objects.get(), signed_in(fleet.world.owner)
    path = f"/accounts/tokens/{row.prefix}/revoke/"
    assert client.get(path).status_code == 200
    assert by_token(token).get("/api/v1/sensors/").status_code == 200
    for _ in range(2):
        assert client.post(path).status_code == 302
        assert by_token(token).get("/api/v1/sensors/").status_code == 401
    row.refresh_from_db()
    assert row.revoked_by == fleet.world.owner


def test_nobody_ends_anothers_on_the_pages(fleet: Fleet, signed_in: As):
    token_of(fleet.world.owner)
    path = f"/accounts/tokens/{AccessToken.objects.get().prefix}/revoke/"
    for name in ("manager", "stranger", "administrator"):
        assert signed_in(getattr(fleet.world, name)).post(path).status_code == 404
    assert not AccessToken.objects.get().revoked_at


def test_an_administrator_ends_anybodys_in_the_admin_and_its_person_hears_of_it(fleet: Fleet, signed_in: As):
    token = token_of(fleet.world.owner)
    Mail.objects.all().delete()
    path = f"/admin/accounts/accesstoken/{AccessToken.objects.get().pk}/"
    admin = signed_in(fleet.world.administrator)
    for page in ("/admin/accounts/accesstoken/", f"{path}change/", f"{path}revoke/"):
        shown: Any = admin.get(page)
        assert (shown.status_code, "program 1" in shown.content.decode()) == (200, True)
        assert AccessToken.objects.get().secret_hash not in shown.content.decode()
    for name in ("operator", "auditor"):
        assert signed_in(getattr(fleet.world, name)).post(f"{path}revoke/").status_code == 403
    assert by_token(token).get("/api/v1/sensors/").status_code == 200
    assert admin.post(f"{path}revoke/").status_code == 302
    assert by_token(token).get("/api/v1/sensors/").status_code == 401
    assert [mail.recipient for mail in Mail.objects.all()] == ["owner@example.org"]
    assert "Administrator" in Mail.objects.get().body
