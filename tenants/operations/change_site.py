from django.db import transaction
from django.utils import timezone

from notices.operations.wake_worker import wake_worker
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.change_policy import networks_need_second_person
from tenants.models import Approval, Site
from tenants.operations.register_site import ANNOUNCE_TASK, clean_site
from tenants.second_person import SecondPersonNeeded
from tenants.wide_networks import warnings_of_change


@transaction.atomic
def change_site(
    *, site: Site, name: str, expected_networks: list[str], changed_by: Actor, agreed: Approval | None = None
) -> Site:
    """Keys go to sensors that appear from these networks, as soon as the customer's people have been told and had their
    time to object. `agreed` is what another person has just agreed to, where the customer's policy wants that or the
    networks are wide.

    Raises ValidationError.
    """
    site = Site.objects.select_for_update(of=("self",)).select_related("customer").get(pk=site.pk)
    before = {"name": site.name, "expected_networks": site.expected_networks}
    if agreed is None and networks_need_second_person(site=site, expected_networks=expected_networks):
        warnings = warnings_of_change(now=site.expected_networks, wanted=expected_networks)
        raise SecondPersonNeeded(
            " ".join([*warnings, "Such networks need two people. Say why, and another one decides."])
        )
    site.name, site.expected_networks = name, expected_networks
    clean_site(site)
    if set(site.expected_networks) != set(before["expected_networks"]):
        site.networks_set_by, site.networks_set_at = str(changed_by), timezone.now()
    site.save(update_fields=["name", "expected_networks", "networks_set_by", "networks_set_at"])
    record_customer_audit(
        customer=site.customer,
        actor=changed_by,
        action=AuditAction.SITE_CHANGE,
        subject=f"site:{site.pk}",
        details={"from": before, "to": {"name": site.name, "expected_networks": site.expected_networks}}
        | ({"approval": str(agreed.pk)} if agreed else {}),
    )
    wake_worker(task=ANNOUNCE_TASK)
    return site
