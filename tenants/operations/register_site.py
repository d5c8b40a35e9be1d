from django.db import transaction

from notices.operations.wake_worker import wake_worker
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Customer, Site
from tenants.networks import parse_networks
from tenants.second_person import SecondPersonNeeded
from tenants.wide_networks import warnings_of

NEEDS_TWO = (
    "Such networks need two people: register the site with the others, or with an address from which its boxes appear "
    "today, then ask for these on its page."
)
ANNOUNCE_TASK = "tenants.tasks.announce_changes"


@transaction.atomic
def register_site(*, customer: Customer, name: str, expected_networks: list[str], registered_by: Actor) -> Site:
    """One person's word, but for wide networks: a site that is new has no box yet that could get a key there.

    Raises ValidationError.
    """
    site = Site(customer=customer, name=name, expected_networks=expected_networks, networks_set_by=str(registered_by))
    clean_site(site)
    refuse_wide(site.expected_networks, registered_by)
    site.save(force_insert=True)
    record_customer_audit(
        customer=customer,
        actor=registered_by,
        action=AuditAction.SITE_REGISTER,
        subject=f"site:{site.pk}",
        details={"name": name, "expected_networks": site.expected_networks},
    )
    wake_worker(task=ANNOUNCE_TASK)
    return site


def refuse_wide(networks: list[str], actor: Actor) -> None:
    """Of a site that is new there is nothing yet that a second person could agree to. Raises SecondPersonNeeded."""
    warnings = warnings_of(networks)
    if warnings and actor.kind != "process":
        raise SecondPersonNeeded({"expected_networks": [*warnings, NEEDS_TWO]})


def clean_site(site: Site) -> None:
    """Raises ValidationError."""
    site.full_clean()
    site.expected_networks = [str(network) for network in parse_networks(site.expected_networks)]
