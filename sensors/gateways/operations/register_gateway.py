"""A gateway by the word of the owner of the portal's host alone, in a command there. In the portal it takes two."""

from sensors.fleet.operations.refuse_people import refuse_people
from sensors.gateways.operations.set_up_gateway import add_gateway
from sensors.models import Gateway
from sensors.models.gateway import USUAL_MSSFIX
from tenants.actors import Actor


def register_gateway(
    *,
    name: str,
    host: str,
    port: int,
    tcp_port: int | None = None,
    network: str,
    base_networks: list[str],
    mssfix: int = USUAL_MSSFIX,
    registered_by: Actor,
) -> Gateway:
    """Raises ValidationError, and SecondPersonNeeded for anybody but a command on the host."""
    refuse_people(registered_by)
    return add_gateway(
        name=name,
        host=host,
        port=port,
        tcp_port=tcp_port,
        network=network,
        base_networks=base_networks,
        mssfix=mssfix,
        added_by=registered_by,
        agreed_by=None,
    )
