"""Change what is known of a site: its name, its expected networks, and what Security Onion's setup is told."""

from typing import Any

from django.db import transaction

from tenants.change_policy import networks_need_second_person
from tenants.models import Approval, Person, Site
from tenants.operations.change_site import change_site
from tenants.operations.request_networks import request_networks
from tenants.operations.set_site_setup import set_site_setup


@transaction.atomic
def edit_site(*, site: Site, changes: dict[str, Any], reason: str, edited_by: Person) -> tuple[Site, Approval | None]:
    """All that is named, or nothing of it; what is not named stays as it is.

    Networks that take two people are asked for, if there is a reason, and the rest counts at once. The caller has made
    sure that `edited_by` may change the site. Raises ValidationError, and SecondPersonNeeded without a reason.
    """
    setup, waits = dict(changes), None
    site = Site.objects.select_related("customer").get(pk=site.pk)
    name, networks = setup.pop("name", site.name), setup.pop("expected_networks", site.expected_networks)
    if reason and networks_need_second_person(site=site, expected_networks=networks):
        waits = request_networks(site=site, expected_networks=networks, reason=reason, requested_by=edited_by)
        networks = site.expected_networks
    if (name, networks) != (site.name, site.expected_networks):
        site = change_site(site=site, name=name, expected_networks=networks, changed_by=edited_by.actor)
    if setup:
        site = set_site_setup(site=site, changes=setup, set_by=edited_by.actor)  # type: ignore[arg-type]
    return site, waits
