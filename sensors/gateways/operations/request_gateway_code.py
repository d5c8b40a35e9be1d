from django.db import transaction

from sensors.fleet.gateway_steps import GIVE_BACK, ISSUE_CODE
from sensors.fleet.operations.lock_gateway import lock_gateway
from sensors.gateways.operations.ask_for_gateway import ask_for_gateway
from sensors.models import Gateway
from tenants.models import Approval, Person


@transaction.atomic
def request_gateway_code(*, gateway: Gateway, reason: str, requested_by: Person) -> Approval:
    """Ask that a machine may enrol as this gateway; of a revoked one, that another takes its place.

    There is no code until another administrator or operator has agreed and the one who asked fetches it. The caller has
    made sure that `requested_by` may. Raises ValidationError.
    """
    gateway = lock_gateway(gateway)
    return ask_for_gateway(
        gateway=gateway,
        action=GIVE_BACK if gateway.revoked_at else ISSUE_CODE,
        about=gateway.about,
        reason=reason,
        requested_by=requested_by,
    )
