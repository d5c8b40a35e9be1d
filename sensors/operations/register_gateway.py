from django.db import transaction

from sensors.models import Gateway
from sensors.operations.raise_generation import raise_config_generation
from tenants.actors import Actor
from tenants.networks import parse_networks
from tenants.operations.record_audit import record_provider_audit


@transaction.atomic
def register_gateway(
    *, name: str, host: str, port: int, network: str, base_networks: list[str], registered_by: Actor
) -> Gateway:
    """Raises ValidationError."""
    gateway = Gateway(name=name, host=host, port=port, network=network, base_networks=base_networks)
    gateway.clean_fields()
    gateway.network = str(parse_networks([network])[0])
    gateway.base_networks = [str(base) for base in parse_networks(base_networks)]
    # The audit chain is a queue: behind its lock nobody else registers an overlapping network between check and insert.
    _record(gateway, "gateway:register", registered_by)
    gateway.full_clean()
    gateway.save(force_insert=True)
    return gateway


@transaction.atomic
def change_gateway(*, gateway: Gateway, host: str, port: int, base_networks: list[str], changed_by: Actor) -> Gateway:
    """Name and underlay stay as they are: certificates and addresses hang on them. Raises ValidationError."""
    gateway = Gateway.objects.select_for_update(no_key=True).get(pk=gateway.pk)
    gateway.host, gateway.port, gateway.base_networks = host, port, base_networks
    gateway.full_clean()
    gateway.base_networks = [str(base) for base in parse_networks(base_networks)]
    gateway.save(update_fields=["host", "port", "base_networks"])
    raise_config_generation(gateway=gateway)
    _record(gateway, "gateway:change", changed_by)
    return gateway


def _record(gateway: Gateway, action: str, actor: Actor) -> None:
    facts = {
        "host": gateway.host,
        "port": gateway.port,
        "network": gateway.network,
        "base": gateway.base_networks,
    }
    record_provider_audit(actor=actor, action=action, subject=f"gateway:{gateway.subject}", details=facts)
