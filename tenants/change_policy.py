"""What is left to two people, by a customer's policy or by what it is. Also for processes in which nobody signs in."""

from tenants.models import Customer, Site
from tenants.networks import parse_networks
from tenants.wide_networks import warnings_of_change


def networks_need_second_person(*, site: Site, expected_networks: list[str]) -> bool:
    """Whether these are others than the site has; whatever the policy, if they are wide or not public.

    Raises ValidationError.
    """
    wanted = {str(network) for network in parse_networks(expected_networks)}
    if site.customer.two_people_for_changes and wanted != set(site.expected_networks):
        return True
    return bool(warnings_of_change(now=site.expected_networks, wanted=expected_networks))


def policy_needs_second_person(*, customer: Customer, change_delay_minutes: int, two_people_for_changes: bool) -> bool:
    """Whether this would protect the customer less."""
    weaker = change_delay_minutes < customer.change_delay_minutes or not two_people_for_changes
    return customer.two_people_for_changes and weaker
