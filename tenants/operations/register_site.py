from django.db import transaction
from django.utils import timezone

from notices.operations.wake_worker import wake_worker
from tenants.actors import Actor
from tenants.audit.record_audit import record_customer_audit
from tenants.change_policy import networks_need_second_person
from tenants.models import Approval, Customer, Site
from tenants.networks import parse_networks
from tenants.second_person import SecondPersonNeeded

ANNOUNCE_TASK = "tenants.tasks.announce_changes"


@transaction.atomic
def register_site(*, customer: Customer, name: str, expected_networks: list[str], registered_by: Actor) -> Site:
    """One person's word: a site that is new has no box yet that could get a key there. Raises ValidationError."""
    site = Site(customer=customer, name=name, expected_networks=expected_networks, networks_set_by=str(registered_by))
    clean_site(site)
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
def change_site(
    *, site: Site, name: str, expected_networks: list[str], changed_by: Actor, agreed: Approval | None = None
) -> Site:
    """Keys go to sensors that appear from these networks, as soon as the customer's people have been told and had their
    time to object. `agreed` is what another person has just agreed to, where the customer's policy wants that.

    Raises ValidationError.
    """
    site = Site.objects.select_for_update(of=("self",)).select_related("customer").get(pk=site.pk)
    before = {"name": site.name, "expected_networks": site.expected_networks}
    if agreed is None and networks_need_second_person(site=site, expected_networks=expected_networks):
        raise SecondPersonNeeded("Other networks need two people here. Say why, and another one decides.")
    site.name, site.expected_networks = name, expected_networks
    clean_site(site)
    if set(site.expected_networks) != set(before["expected_networks"]):
        site.networks_set_by, site.networks_set_at = str(changed_by), timezone.now()
    site.save(update_fields=["name", "expected_networks", "networks_set_by", "networks_set_at"])
    record_customer_audit(
        customer=site.customer,
        actor=changed_by,
        action="site:change",
        subject=f"site:{site.pk}",
        details={"from": before, "to": {"name": site.name, "expected_networks": site.expected_networks}}
        | ({"approval": str(agreed.pk)} if agreed else {}),
    )
    wake_worker(task=ANNOUNCE_TASK)
    return site


def clean_site(site: Site) -> None:
    """Raises ValidationError."""
    site.full_clean()
    site.expected_networks = [str(network) for network in parse_networks(site.expected_networks)]
