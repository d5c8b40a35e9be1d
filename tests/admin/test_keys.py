"""Whatever stands in the place of a key in an address of the admin: nothing fails, nothing goes round in circles."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.support.access_table import routes
from tests.support.fleet import Fleet
from tests.support.signed_in import As

pytestmark = pytest.mark.long

KEY = re.compile(r"<(?:\w+:)?(?:object_id|pk)>")
WITH_KEY = sorted({route for route in routes(get_resolver()) if route.startswith("admin/") and KEY.search(route)})


def test_there_are_pages_with_keys():
    assert len(WITH_KEY) > 40
    assert "admin/sensors/gateway/<uuid:pk>/revoke/" in WITH_KEY


@pytest.mark.parametrize(
    "key", ["no-key", "00000000-0000-4000-8000-000000000000", "a/b", "%00", "9" * 40, "-1", "..%2f"]
)
@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_a_key_that_is_none_fails_nowhere(fleet: Fleet, signed_in: As, key: str, role: str):
    client: Client = signed_in(getattr(fleet.world, role))
    for route in WITH_KEY:
        path = "/" + KEY.sub(lambda _: key, route)
        for method in (client.get, client.post):
            answer = method(path, follow=True)  # Django's own client ends a redirect that goes round in circles
            assert answer.status_code in {200, 403, 404, 405}, path
