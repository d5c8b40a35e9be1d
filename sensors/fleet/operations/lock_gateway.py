"""The row lock for revoking a gateway, signing for it, changing it and issuing a code for it."""

from uuid import UUID

from sensors.models import Gateway
from tenants.models import Approval


def lock_gateway(gateway: Gateway) -> Gateway:
    """As it is now. Raises Gateway.DoesNotExist."""
    return _locked(gateway.pk)


def lock_gateway_of(approval: Approval) -> Gateway:
    """The one that `approval` is about, which is none that is still to be registered."""
    return _locked(UUID(approval.about.removeprefix("gateway:")))


def _locked(gateway: UUID) -> Gateway:
    return Gateway.objects.select_for_update(no_key=True).get(pk=gateway)
