from django.test import Client

from tests.support.world import PASSWORD


def proven(client: Client) -> Client:
    """The person of this session has just shown once more who they are."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client
