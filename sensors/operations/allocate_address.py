"""Static addresses of the underlay: one owner each, and a rest of 30 days before another may have it."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from sensors.models import Gateway, UnderlayAddress

REST = timedelta(days=30)


def allocate_address(*, gateway: Gateway) -> UnderlayAddress:
    """Inside a transaction; takes the gateway's row lock. Raises ValidationError when the pool is used up.

    New addresses come from a counter; only when it has reached the end are rested ones given out again, the one that
    rested longest first. Both cost the same however large the pool is.
    """
    gateway = Gateway.objects.select_for_update(no_key=True).get(pk=gateway.pk)
    now = timezone.now()
    network = gateway.underlay
    # The last address is the broadcast address, the first two are the network and the gateway itself.
    if gateway.next_address_offset < network.num_addresses - 1:
        address = str(network.network_address + gateway.next_address_offset)
        gateway.next_address_offset += 1
        gateway.save(update_fields=["next_address_offset"])
        return UnderlayAddress.objects.create(gateway=gateway, address=address, allocated_at=now)
    rested = UnderlayAddress.objects.filter(gateway=gateway, released_at__lt=now - REST).order_by("released_at").first()
    if rested is None:
        raise ValidationError(
            f"The underlay {gateway.network} of gateway {gateway.name} has no free address: retire sensors "
            f"that are gone (their addresses rest for {REST.days} days) or use another gateway."
        )
    rested.allocated_at, rested.released_at = now, None
    rested.save(update_fields=["allocated_at", "released_at"])
    return rested


def release_address(*, address: UnderlayAddress) -> None:
    address.released_at = timezone.now()
    address.save(update_fields=["released_at"])
