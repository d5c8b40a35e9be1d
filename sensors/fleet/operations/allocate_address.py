"""Static addresses of the underlay: one owner each, and a rest of 30 days before another may have it."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from database.owner_functions import call_owner_function, has_owner_functions
from sensors.models import Gateway, UnderlayAddress

# As in `owner_functions.sql`.
REST = timedelta(days=30)


def allocate_address(*, gateway: Gateway) -> UnderlayAddress:
    """Inside a transaction; takes the gateway's row lock. Raises ValidationError when the pool is used up.

    New addresses come from a counter; only when it has reached the end are rested ones given out again, the one that
    rested longest first. Both cost the same however large the pool is.
    """
    if has_owner_functions():
        picked = UnderlayAddress.objects.filter(pk=call_owner_function("sensors_allocate_address", gateway.pk)).first()
    else:
        picked = _pick(Gateway.objects.get(pk=gateway.pk))
    if picked is None:
        raise ValidationError(
            f"The underlay {gateway.network} of gateway {gateway.name} has no free address: retire sensors "
            f"that are gone (their addresses rest for {REST.days} days) or use another gateway."
        )
    return picked


def _pick(gateway: Gateway) -> UnderlayAddress | None:
    now = timezone.now()
    network = gateway.underlay
    # The last address is the broadcast address, the first two are the network and the gateway itself.
    if gateway.next_address_offset < network.num_addresses - 1:
        address = str(network.network_address + gateway.next_address_offset)
        gateway.next_address_offset += 1
        gateway.save(update_fields=["next_address_offset"])
        return UnderlayAddress.objects.create(gateway=gateway, address=address, allocated_at=now)
    rested = UnderlayAddress.objects.filter(gateway=gateway, released_at__lt=now - REST).order_by("released_at").first()
    if rested is not None:
        rested.allocated_at, rested.released_at = now, None
        rested.save(update_fields=["allocated_at", "released_at"])
    return rested


def free_addresses(*, gateway: Gateway) -> int:
    """How many more sensors it has room for now. Somebody else may take them first."""
    never_used = gateway.underlay.num_addresses - 1 - gateway.next_address_offset
    rested = UnderlayAddress.objects.filter(gateway=gateway, released_at__lt=timezone.now() - REST)
    return max(never_used, 0) + rested.count()


def release_address(*, address: UnderlayAddress) -> None:
    """Of a sensor that is retired by now, in the same transaction."""
    if has_owner_functions():
        call_owner_function("sensors_release_address", address.pk)
        return
    address.released_at = timezone.now()
    address.save(update_fields=["released_at"])
