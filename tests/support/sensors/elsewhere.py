"""Places to which a box can be moved."""

from typing import Any

import pytest

from sensors.gateways.operations.register_gateway import register_gateway
from sensors.models import Gateway
from tenants.models import Site
from tenants.operations.register_site import register_site
from tests.support.fleet import ACTOR, Fleet


def another_site(customer: Any, network: str = "203.0.113.0/28") -> Site:
    return register_site(customer=customer, name="Pier 2", expected_networks=[network], registered_by=ACTOR)


def gateway_elsewhere() -> Gateway:
    return register_gateway(
        name="gateway-2", host="198.51.100.2", port=1194, network="10.99.0.0/16", base_networks=[], registered_by=ACTOR
    )


@pytest.fixture
def pier(fleet: Fleet) -> Site:
    return another_site(fleet.world.harbour)


@pytest.fixture
def other() -> Gateway:
    return gateway_elsewhere()
