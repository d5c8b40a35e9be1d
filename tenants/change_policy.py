"""What a customer's policy leaves to two people. Also for processes in which nobody signs in."""

from tenants.models import Customer, Site
from tenants.networks import parse_networks


def networks_need_second_person(*, site: Site, expected_networks: list[str]) -> bool:
    """Whether these are others than the site has. Raises ValidationError."""
    wanted = {str(network) for network in parse_networks(expected_networks)}
    return site.customer.two_people_for_changes and wanted != set(site.expected_networks)


def policy_needs_second_person(*, customer: Customer, change_delay_minutes: int, two_people_for_changes: bool) -> bool:
    """Whether this would protect the customer less."""
    weaker = change_delay_minutes < customer.change_delay_minutes or not two_people_for_changes
    return customer.two_people_for_changes and weaker
