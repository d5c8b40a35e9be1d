from django.test import Client

from tenants.models import Person
from tenants.operations.grant_role import revoke_roles
from tests.support.fleet import ACTOR
from tests.support.world import World


def test_an_administrator_invites_a_disabled_person_again(world: World, client: Client):
    revoke_roles(person=world.viewer, revoked_by=ACTOR)
    client.force_login(world.administrator)
    fields = {"email": world.viewer.email, "name": "Vera", "phone": "", "customer": world.harbour.pk, "role": "viewer"}
    answer = client.post("/admin/tenants/person/add/", fields)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Person.objects.get(pk=world.viewer.pk).is_active


def test_the_address_of_somebody_who_may_sign_in_stays_taken(world: World, client: Client):
    client.force_login(world.administrator)
    fields = {"email": world.viewer.email, "name": "Vera", "phone": "", "customer": world.harbour.pk, "role": "viewer"}
    answer = client.post("/admin/tenants/person/add/", fields)
    assert answer.status_code == 200
    assert Person.objects.count() == 7
