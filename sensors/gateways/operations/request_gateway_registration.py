from django.db import transaction

from sensors.fleet.gateway_steps import REGISTER
from sensors.gateways.operations.ask_for_gateway import ask_for_gateway
from sensors.gateways.operations.set_up_gateway import checked_gateway
from sensors.models.gateway import USUAL_MSSFIX
from tenants.models import Approval, Person


@transaction.atomic
def request_gateway_registration(
    *,
    name: str,
    host: str,
    port: int,
    tcp_port: int | None = None,
    network: str,
    base_networks: list[str],
    mssfix: int = USUAL_MSSFIX,
    reason: str,
    requested_by: Person,
) -> Approval:
    """Nothing is registered until another administrator or operator agrees. Raises ValidationError.

    The caller has made sure that `requested_by` may.
    """
    gateway = checked_gateway(
        name=name,
        host=host,
        port=port,
        tcp_port=tcp_port,
        network=network,
        base_networks=base_networks,
        mssfix=mssfix,
    )
    # Others may register meanwhile: it is looked at again when it is agreed to.
    gateway.full_clean()
    return ask_for_gateway(
        gateway=gateway,
        action=REGISTER,
        about=f"gateway:{gateway.name}",
        reason=reason,
        requested_by=requested_by,
        details={
            "host": gateway.host,
            "port": gateway.port,
            "tcp_port": gateway.tcp_port,
            "network": gateway.network,
            "base_networks": gateway.base_networks,
            "mssfix": gateway.mssfix,
        },
    )
