"""A customer's people, as its manager sees and changes them."""

import pytest
from django.test import Client

from notices.models import Mail
from tenants.models import Approval, AuditEntry, Person
from tests.support.signed_in import As
from tests.support.world import PASSWORD, World


def path_of(world: World, person: Person) -> str:
    return f"/people/{world.harbour.pk}/{person.pk}/"


def test_a_manager_is_led_to_the_own_people_and_sees_them(world: World, manager: Client):
    page = manager.get("/people/", follow=True).content.decode()
    for person in (world.owner, world.manager, world.viewer):
        assert person.email in page
    assert 'href="/people/"' in page
    assert 'href="/people/"' not in manager.get("/cases/").content.decode().replace('href="/people/"', "", 1)


def test_the_navigation_names_it_to_managers_alone(world: World, manager: Client, signed_in: As):
    assert 'href="/people/"' in manager.get("/cases/").content.decode()
    for person in (world.owner, world.viewer, world.auditor):
        assert 'href="/people/"' not in signed_in(person).get("/cases/").content.decode()


def test_a_viewer_is_invited_at_once_and_the_invitation_can_be_sent_again(world: World, manager: Client):
    body = {"email": "New@example.org", "name": "New", "phone": "", "role": "viewer"}
    assert manager.post(f"/people/{world.harbour.pk}/invite/", body).status_code == 302
    new = Person.objects.get(email="new@example.org")
    from accounts.password_links import password_link

    old = password_link(new)
    assert "bad" not in Client().get(old, follow=True).content.decode().lower()
    assert manager.post(path_of(world, new), {"do": "again"}).status_code == 302
    assert Mail.objects.filter(recipient="new@example.org").count() == 2
    assert password_link(Person.objects.get(pk=new.pk)) != old
    assert "bad" in Client().get(old, follow=True).content.decode().lower()
    new.set_password(PASSWORD)
    new.save()
    assert manager.post(path_of(world, new), {"do": "again"}).status_code == 409


def test_a_contact_becomes_viewer_at_once_and_manager_when_another_agrees(world: World, manager: Client, signed_in: As):
    owner = path_of(world, world.owner)
    assert manager.post(owner, {"do": "role", "role": "viewer"}).status_code == 302
    assert world.owner.groups.get().customerrolegroup.role == "viewer"
    assert manager.post(owner, {"do": "role", "role": "manager"}).status_code == 422
    assert manager.post(owner, {"do": "role", "role": "manager", "reason": "Takes over."}).status_code == 302
    assert world.owner.groups.get().customerrolegroup.role == "viewer"
    approval = Approval.objects.get()
    assert approval.customer == world.harbour
    assert "as manager" in manager.get(f"/people/{world.harbour.pk}/").content.decode()
    answer = signed_in(world.administrator).post(f"/decisions/{approval.pk}/", {"do": "agree"}, follow=True)
    assert "has the role" in answer.content.decode()
    assert world.owner.groups.get().customerrolegroup.role == "manager"


def test_who_is_removed_is_signed_out_at_once(world: World, manager: Client, signed_in: As):
    theirs = signed_in(world.owner)
    page = manager.get(f"{path_of(world, world.owner)}remove/").content.decode()
    assert "signed out at once" in page
    assert manager.post(f"{path_of(world, world.owner)}remove/").status_code == 302
    assert theirs.get("/cases/").status_code == 302
    assert not Person.objects.get(pk=world.owner.pk).is_active
    assert manager.get(path_of(world, world.owner)).status_code == 404


def test_the_last_manager_stays(world: World, manager: Client):
    own = path_of(world, world.manager)
    assert "the only manager" in manager.get(f"{own}remove/").content.decode()
    assert manager.post(f"{own}remove/").status_code == 409
    assert manager.post(own, {"do": "role", "role": "viewer"}).status_code == 409
    assert world.manager.groups.get().customerrolegroup.role == "manager"


def test_a_name_is_mended_on_record_and_the_person_told(world: World, manager: Client):
    body = {"do": "correct", "name": "Olivia Owner", "phone": "+44 20 7946 0102"}
    assert manager.post(path_of(world, world.owner), body).status_code == 302
    entry = AuditEntry.objects.get(action="person:correct")
    assert entry.chain.customer == world.harbour
    assert entry.details == {"from": {"name": "Owner"}, "to": {"name": "Olivia Owner"}, "phone": "changed"}
    assert Mail.objects.get(recipient=world.owner.email).body.count('"Owner"') == 1


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 121, "a\0b"])
def test_a_name_that_cannot_be_is_refused_and_kept(world: World, manager: Client, name: str):
    answer = manager.post(path_of(world, world.owner), {"do": "correct", "name": name, "phone": ""})
    assert answer.status_code == 422
    assert Person.objects.get(pk=world.owner.pk).name == "Owner"


def test_who_shows_once_more_who_they_are_has_done_what_they_sent_before(world: World, signed_in: As):
    client, path = signed_in(world.manager), f"/people/{world.harbour.pk}/invite/"
    body = {"email": "new@example.org", "name": "New", "phone": "", "role": "viewer"}
    asked = client.post(path, body)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert not Person.objects.filter(email="new@example.org").exists()
    done = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": path})
    assert (done.status_code, done["Location"]) == (302, f"/people/{world.harbour.pk}/")
    assert Person.objects.get(email="new@example.org").groups.get().customerrolegroup.role == "viewer"
