import pytest
from django.test import Client

from tests.support.signed_in import As
from tests.support.world import PASSWORD, World


def proven(client: Client) -> Client:
    """The person of this session has just shown once more who they are."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def manager(world: World, signed_in: As) -> Client:
    """The browser of a customer's manager."""
    return proven(signed_in(world.manager))
