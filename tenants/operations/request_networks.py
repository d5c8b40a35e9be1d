"""Ask for other networks of a site, where the customer's policy or their width wants two people for that."""

from django.db import transaction

from tenants.models import Approval, Person, Site
from tenants.operations.register_site import clean_site
from tenants.operations.request_change import request_change
from tenants.wide_networks import warnings_of

ACTION = "site:change-networks"


@transaction.atomic
def request_networks(*, site: Site, expected_networks: list[str], reason: str, requested_by: Person) -> Approval:
    """Nothing changes until another person agrees. Raises ValidationError.

    The caller has made sure that `requested_by` may change the site.
    """
    site = Site.objects.select_related("customer").get(pk=site.pk)
    site.expected_networks = expected_networks
    clean_site(site)
    warnings = " ".join(warnings_of(site.expected_networks))
    return request_change(
        customer=site.customer,
        action=ACTION,
        about=f"site:{site.pk}",
        wanted=f"other networks for {site.name}: {', '.join(site.expected_networks)}"
        + (f" (careful: {warnings})" if warnings else ""),
        details={"site": str(site.pk), "expected_networks": site.expected_networks},
        reason=reason,
        requested_by=requested_by,
    )
