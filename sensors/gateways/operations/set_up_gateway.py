"""Write a gateway's row, or where it is. The caller has made sure that two people want it, or the host's owner."""

from django.core.exceptions import ValidationError
from django.db import transaction

from sensors.fleet.gateway_steps import CHANGE, REGISTER
from sensors.fleet.operations.lock_gateway import lock_gateway
from sensors.fleet.operations.raise_generation import raise_config_generation
from sensors.fleet.operations.tell_of_gateway import tell_of_gateway
from sensors.models import Gateway
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_provider_audit
from tenants.models import Person
from tenants.networks import parse_networks


def checked_gateway(
    *, name: str, host: str, port: int, tcp_port: int | None, network: str, base_networks: list[str], mssfix: int
) -> Gateway:
    """One that could be registered, as far as its own values go. Raises ValidationError."""
    gateway = Gateway(
        name=name,
        host=host,
        port=port,
        tcp_port=tcp_port,
        network=network,
        base_networks=base_networks,
        mssfix=mssfix,
    )
    gateway.clean_fields()
    gateway.network = str(parse_networks([network])[0])
    gateway.base_networks = [str(base) for base in parse_networks(base_networks)]
    return gateway


@transaction.atomic
def add_gateway(
    *,
    name: str,
    host: str,
    port: int,
    tcp_port: int | None,
    network: str,
    base_networks: list[str],
    mssfix: int,
    added_by: Actor,
    agreed_by: Person | None,
) -> Gateway:
    """Raises ValidationError."""
    gateway = checked_gateway(
        name=name,
        host=host,
        port=port,
        tcp_port=tcp_port,
        network=network,
        base_networks=base_networks,
        mssfix=mssfix,
    )
    # The audit chain is a queue: behind its lock nobody else registers an overlapping network between check and insert.
    _record(gateway, REGISTER, added_by)
    gateway.full_clean()
    gateway.save(force_insert=True)
    tell_of_gateway(gateway=gateway, step=REGISTER, done_by=added_by, agreed_by=agreed_by)
    return gateway


@transaction.atomic
def alter_gateway(
    *,
    gateway: Gateway,
    host: str,
    port: int,
    tcp_port: int | None,
    base_networks: list[str],
    mssfix: int,
    altered_by: Actor,
    agreed_by: Person | None,
) -> Gateway:
    """Name and underlay stay as they are: certificates and addresses hang on them. Raises ValidationError."""
    gateway = lock_gateway(gateway)
    _place(gateway, host, port, tcp_port, base_networks, mssfix)
    gateway.save(update_fields=["host", "port", "tcp_port", "base_networks", "mssfix"])
    raise_config_generation(gateway=gateway)
    _record(gateway, CHANGE, altered_by)
    tell_of_gateway(gateway=gateway, step=CHANGE, done_by=altered_by, agreed_by=agreed_by)
    return gateway


def checked_change(
    *, gateway: Gateway, host: str, port: int, tcp_port: int | None, base_networks: list[str], mssfix: int
) -> Gateway:
    """As it would be; nothing is saved. Raises ValidationError, also if nothing would be different."""
    gateway = Gateway.objects.get(pk=gateway.pk)
    before = _place_of(gateway)
    _place(gateway, host, port, tcp_port, base_networks, mssfix)
    if before == _place_of(gateway):
        raise ValidationError("Nothing is different: there is nothing to agree to.")
    return gateway


def _place_of(gateway: Gateway) -> tuple[object, ...]:
    return (gateway.host, gateway.port, gateway.tcp_port, gateway.base_networks, gateway.mssfix)


def _place(gateway: Gateway, host: str, port: int, tcp_port: int | None, base_networks: list[str], mssfix: int) -> None:
    gateway.host, gateway.port, gateway.tcp_port = host, port, tcp_port
    gateway.base_networks, gateway.mssfix = base_networks, mssfix
    gateway.full_clean()
    gateway.base_networks = [str(base) for base in parse_networks(base_networks)]


def _record(gateway: Gateway, action: AuditAction, actor: Actor) -> None:
    facts = {
        "host": gateway.host,
        "port": gateway.port,
        "tcp_port": gateway.tcp_port,
        "network": gateway.network,
        "base": gateway.base_networks,
        "mssfix": gateway.mssfix,
    }
    record_provider_audit(actor=actor, action=action, subject=f"gateway:{gateway.subject}", details=facts)
