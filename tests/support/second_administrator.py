"""An administrator beside the first one of a world, since whom neither invites a manager or staff alone."""

from typing import Any

import pytest

from accounts.operations.add_person import add_person
from tenants.operations.grant_role import grant_provider_role
from tenants.roles import ProviderRole
from tests.support.tenants.making import ACTOR
from tests.support.world import World


@pytest.fixture
def second_administrator(world: World) -> Any:
    ines = add_person(email="ines@example.org", name="Ines", added_by=ACTOR)
    grant_provider_role(person=ines, role=ProviderRole.ADMINISTRATOR, granted_by=ACTOR)
    return ines
