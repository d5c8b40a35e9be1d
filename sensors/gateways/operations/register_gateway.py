"""A gateway by the word of whoever owns the portal's host alone, in a command there. In the portal it takes two."""

from sensors.gateways.operations.set_up_gateway import add_gateway, alter_gateway
from sensors.models import Gateway
from tenants.actors import Actor
from tenants.second_person import SecondPersonNeeded


def register_gateway(
    *, name: str, host: str, port: int, network: str, base_networks: list[str], registered_by: Actor
) -> Gateway:
    """Raises ValidationError, and SecondPersonNeeded for anybody but a command on the host."""
    refuse_people(registered_by)
    return add_gateway(
        name=name,
        host=host,
        port=port,
        network=network,
        base_networks=base_networks,
        added_by=registered_by,
        agreed_by=None,
    )


def change_gateway(*, gateway: Gateway, host: str, port: int, base_networks: list[str], changed_by: Actor) -> Gateway:
    """Raises ValidationError, and SecondPersonNeeded for anybody but a command on the host."""
    refuse_people(changed_by)
    return alter_gateway(
        gateway=gateway,
        host=host,
        port=port,
        base_networks=base_networks,
        altered_by=changed_by,
        agreed_by=None,
    )


def refuse_people(actor: Actor) -> None:
    """Raises SecondPersonNeeded."""
    if actor.kind != "process":
        raise SecondPersonNeeded("A second person has to agree to this.")
