"""Tell a customer's people which networks were entered for their site, or taken out. The worker's alone."""

from datetime import timedelta

from django.db import transaction

from tenants.audiences import own_people_to_tell
from tenants.models import Site
from tenants.operations.announce import announce


def announce_networks() -> int:
    """How many sites people have still to be told of."""
    sites = Site.objects.to_announce().select_related("customer").order_by("networks_set_at")
    return sum(not _announce(site) for site in sites)


def _announce(site: Site) -> bool:
    added = [network for network in site.expected_networks if network not in site.announced_networks]
    removed = [network for network in site.announced_networks if network not in site.expected_networks]
    is_new = site.networks_announced_for is None
    told_at = site.networks_set_at
    # A new site of a customer of whom nobody is here yet concerns nobody: the one who has entered it knows.
    if (added or removed) and not (is_new and not own_people_to_tell(site.customer)):
        announced_at = announce(
            about=f"site:{site.pk}:{site.networks_set_at.isoformat()}",
            customer=site.customer,
            template="networks_changed",
            context={
                "site": site,
                "added": added,
                "removed": removed,
                "is_new": is_new,
                "minutes": site.customer.change_delay // timedelta(minutes=1),
            },
        )
        if announced_at is None:
            return False
        told_at = announced_at
    _note(site, {network: told_at.isoformat() for network in added})
    return True


@transaction.atomic
def _note(site: Site, added: dict[str, str]) -> None:
    """What people were told of. If it was changed again meanwhile, the next look finds the rest."""
    kept = {network: at for network, at in site.announced_networks.items() if network in site.expected_networks}
    Site.objects.filter(pk=site.pk, networks_announced_for=site.networks_announced_for).update(
        announced_networks=kept | added, networks_announced_for=site.networks_set_at
    )
