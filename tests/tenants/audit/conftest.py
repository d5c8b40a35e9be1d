import pytest

from tenants.models import AuditChain
from tests.support.world import World


@pytest.fixture
def chain(world: World) -> AuditChain:
    return AuditChain.objects.get(customer=world.harbour)
