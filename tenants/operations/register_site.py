from django.db import transaction
from django.utils import timezone

from tenants.actors import Actor
from tenants.models import Customer, Site
from tenants.networks import parse_networks
from tenants.operations.record_audit import record_customer_audit
from tenants.operations.wake_worker import wake_worker

ANNOUNCE_TASK = "tenants.tasks.announce_changes"


@transaction.atomic
def register_site(*, customer: Customer, name: str, expected_networks: list[str], registered_by: Actor) -> Site:
    """Raises ValidationError."""
    site = Site(customer=customer, name=name, expected_networks=expected_networks, networks_set_by=str(registered_by))
    _clean(site)
    site.save(force_insert=True)
    record_customer_audit(
        customer=customer,
        actor=registered_by,
        action="site:register",
        subject=f"site:{site.pk}",
        details={"name": name, "expected_networks": site.expected_networks},
    )
    wake_worker(task=ANNOUNCE_TASK)
    return site


@transaction.atomic
def change_site(*, site: Site, name: str, expected_networks: list[str], changed_by: Actor) -> Site:
    """Keys go to sensors that appear from these networks, as soon as the customer's people have been told and had their
    time to object. Raises ValidationError.
    """
    site = Site.objects.select_for_update().get(pk=site.pk)
    before = {"name": site.name, "expected_networks": site.expected_networks}
    site.name, site.expected_networks = name, expected_networks
    _clean(site)
    if set(site.expected_networks) != set(before["expected_networks"]):
        site.networks_set_by, site.networks_set_at = str(changed_by), timezone.now()
    site.save(update_fields=["name", "expected_networks", "networks_set_by", "networks_set_at"])
    record_customer_audit(
        customer=site.customer,
        actor=changed_by,
        action="site:change",
        subject=f"site:{site.pk}",
        details={"from": before, "to": {"name": site.name, "expected_networks": site.expected_networks}},
    )
    wake_worker(task=ANNOUNCE_TASK)
    return site


def _clean(site: Site) -> None:
    site.full_clean()
    site.expected_networks = [str(network) for network in parse_networks(site.expected_networks)]
