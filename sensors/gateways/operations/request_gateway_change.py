from django.db import transaction

from sensors.fleet.gateway_steps import CHANGE
from sensors.gateways.operations.ask_for_gateway import ask_for_gateway
from sensors.gateways.operations.set_up_gateway import checked_change
from sensors.models import Gateway
from tenants.models import Approval, Person


@transaction.atomic
def request_gateway_change(
    *,
    gateway: Gateway,
    host: str,
    port: int,
    tcp_port: int | None,
    base_networks: list[str],
    mssfix: int,
    reason: str,
    requested_by: Person,
) -> Approval:
    """Boxes that enrol from then on dial this address. Nothing changes until another administrator or operator agrees.

    The caller has made sure that `requested_by` may. Raises ValidationError.
    """
    changed = checked_change(
        gateway=gateway, host=host, port=port, tcp_port=tcp_port, base_networks=base_networks, mssfix=mssfix
    )
    return ask_for_gateway(
        gateway=changed,
        action=CHANGE,
        about=changed.about,
        reason=reason,
        requested_by=requested_by,
        details={
            "host": changed.host,
            "port": changed.port,
            "tcp_port": changed.tcp_port,
            "base_networks": changed.base_networks,
            "mssfix": changed.mssfix,
        },
    )
