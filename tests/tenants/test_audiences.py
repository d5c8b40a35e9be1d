from tenants.audiences import people_to_tell
from tenants.operations.grant_role import grant_customer_role, revoke_roles
from tenants.roles import CustomerRole
from tests.support.fleet import ACTOR
from tests.support.world import World


def names(world: World, customer) -> list[str]:
    return [address.split("@")[0] for address in people_to_tell(customer)]


def test_operators_and_the_customers_own_managers_and_contacts(world: World):
    assert names(world, world.harbour) == ["administrator", "manager", "operator", "owner"]
    assert names(world, world.meadow) == ["administrator", "operator", "stranger"]


def test_who_may_not_sign_in_any_more_is_not_told(world: World):
    revoke_roles(person=world.owner, revoked_by=ACTOR)
    world.operator.is_active = False
    world.operator.save()
    assert names(world, world.harbour) == ["administrator", "manager"]


def test_who_became_a_viewer_is_not_told(world: World):
    grant_customer_role(person=world.owner, customer=world.harbour, role=CustomerRole.VIEWER, granted_by=ACTOR)
    assert "owner" not in names(world, world.harbour)


def test_who_is_a_contact_of_two_customers_is_told_once_of_each(world: World):
    grant_customer_role(person=world.stranger, customer=world.harbour, role=CustomerRole.CONTACT, granted_by=ACTOR)
    assert names(world, world.harbour).count("stranger") == names(world, world.meadow).count("stranger") == 1
