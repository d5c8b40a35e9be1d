"""The way in: by invitation, with a password and, for who has one, a second factor."""

import pytest
from django.conf import settings
from django.test import Client

from tests.support.fleet import Fleet
from tests.support.second_factors import with_second_factor
from tests.support.signed_in import As


def test_a_sessions_cookie_is_out_of_a_scripts_reach(fleet: Fleet):
    response = Client().post("/accounts/login/", {"login": "owner@example.org", "password": "correct horse battery"})
    cookie = response.cookies[settings.SESSION_COOKIE_NAME]
    assert response.status_code == 302
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""


@pytest.mark.parametrize(
    "next_url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_leads_nowhere_else(fleet: Fleet, next_url: str):
    response = Client().post(
        f"/accounts/login/?next={next_url}",
        {"login": "owner@example.org", "password": "correct horse battery", "next": next_url},
    )
    assert (response.status_code, response["Location"]) == (302, "/")


def test_an_unknown_host_name_is_refused(client: Client, db: None):
    assert client.get("/accounts/login/", headers={"Host": "evil.example"}).status_code == 400


def test_signing_in_works_behind_a_unix_socket(fleet: Fleet):
    """gunicorn knows no address there; nginx's word is in X-Real-IP."""
    response = Client(REMOTE_ADDR="").post(
        "/accounts/login/",
        {"login": "owner@example.org", "password": "correct horse battery"},
        headers={"X-Real-IP": "198.51.100.21"},
    )
    assert (response.status_code, response["Location"]) == (302, "/")


def test_guessing_a_password_is_put_off_by_the_address_that_nginx_saw(fleet: Fleet):
    statuses = [
        Client(REMOTE_ADDR="").post(
            "/accounts/login/",
            {"login": f"person-{number}@example.org", "password": "a guess"},
            headers={"X-Real-IP": "198.51.100.21", "X-Forwarded-For": f"192.0.2.{number}"},
        )
        for number in range(40)
    ]
    assert statuses[0].status_code == 200
    assert {response.status_code for response in statuses[-5:]} <= {200, 429}
    last = statuses[-1]
    assert last.status_code == 429 or "Too many" in last.content.decode()
    other = Client(REMOTE_ADDR="").post(
        "/accounts/login/",
        {"login": "owner@example.org", "password": "correct horse battery"},
        headers={"X-Real-IP": "198.51.100.22"},
    )
    assert other.status_code == 302


def test_a_right_address_with_a_wrong_password_looks_like_an_unknown_one(fleet: Fleet):
    def answer(login: str) -> str:
        response = Client().post("/accounts/login/", {"login": login, "password": "a wrong guess"})
        return response.content.decode().replace(login, "").split("<main")[1].split("csrfmiddlewaretoken")[0]

    assert answer("owner@example.org") == answer("nobody@example.org")


def test_a_new_password_is_asked_for_without_telling_who_is_known(fleet: Fleet):
    known, unknown = (
        Client().post("/accounts/password/reset/", {"email": f"{name}@example.org"}) for name in ("owner", "nobody")
    )
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


@pytest.mark.parametrize("name", ["owner", "administrator"])
def test_a_password_alone_opens_nothing_to_who_has_a_second_factor(fleet: Fleet, name: str):
    with_second_factor(getattr(fleet.world, name))
    client = Client()
    body = {"login": f"{name}@example.org", "password": "correct horse battery"}
    response = client.post("/accounts/login/", body)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/2fa/authenticate/")
    for path in ("/", "/cases/", "/admin/"):
        assert client.get(path).status_code == 302
    assert client.get("/api/v1/sensors/").status_code == 403
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/").status_code == 302


def test_nobody_signs_up_and_nobody_changes_their_address(fleet: Fleet, signed_in: As):
    from tenants.models import Person

    before = Person.objects.count()
    body = {"email": "evil@example.org", "password1": "correct horse battery", "password2": "correct horse battery"}
    assert Client().post("/accounts/signup/", body).status_code == 302
    signed_in(fleet.world.owner).post("/accounts/email/", {"email": "evil@example.org", "action_add": ""})
    assert Person.objects.count() == before
    assert not Person.objects.filter(email="evil@example.org").exists()


def test_who_was_disabled_does_not_sign_in(fleet: Fleet):
    from tenants.operations.grant_role import revoke_roles
    from tests.support.fleet import ACTOR

    revoke_roles(person=fleet.world.owner, revoked_by=ACTOR)
    client = Client()
    client.post("/accounts/login/", {"login": "owner@example.org", "password": "correct horse battery"})
    assert client.get("/").status_code == 302
