from django.db import transaction

from tenants.actors import Actor
from tenants.models import Customer, Site
from tenants.networks import parse_networks
from tenants.operations.record_audit import record_customer_audit


@transaction.atomic
def register_site(*, customer: Customer, name: str, expected_networks: list[str], registered_by: Actor) -> Site:
    """Raises ValidationError."""
    site = Site(customer=customer, name=name, expected_networks=expected_networks)
    _clean(site)
    site.save(force_insert=True)
    record_customer_audit(
        customer=customer,
        actor=registered_by,
        action="site:register",
        subject=f"site:{site.pk}",
        details={"name": name, "expected_networks": site.expected_networks},
    )
    return site


@transaction.atomic
def change_site(*, site: Site, name: str, expected_networks: list[str], changed_by: Actor) -> Site:
    """From now on keys go to sensors that appear from these networks. Raises ValidationError."""
    site = Site.objects.select_for_update().get(pk=site.pk)
    before = {"name": site.name, "expected_networks": site.expected_networks}
    site.name, site.expected_networks = name, expected_networks
    _clean(site)
    site.save(update_fields=["name", "expected_networks"])
    record_customer_audit(
        customer=site.customer,
        actor=changed_by,
        action="site:change",
        subject=f"site:{site.pk}",
        details={"from": before, "to": {"name": site.name, "expected_networks": site.expected_networks}},
    )
    return site


def _clean(site: Site) -> None:
    site.full_clean()
    site.expected_networks = [str(network) for network in parse_networks(site.expected_networks)]
