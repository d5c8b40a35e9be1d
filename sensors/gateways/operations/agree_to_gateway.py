"""A second person agrees to what was asked for of a gateway: it is done, or the one who asked may fetch the code."""

from uuid import UUID

from django.db import transaction

from notices.operations.queue_mails import queue_mails
from sensors.fleet.gateway_steps import ACTIONS, CHANGE, GIVE_BACK, REGISTER
from sensors.fleet.operations.lock_gateway import lock_gateway_of
from sensors.gateways.operations.collect_gateway_code import CODE_WAITS
from sensors.gateways.operations.give_back_gateway import give_back_gateway
from sensors.gateways.operations.set_up_gateway import add_gateway, alter_gateway
from sensors.models import Gateway
from sensors.models.gateway import USUAL_MSSFIX
from tenants.models import Approval, Person
from tenants.operations.decide_approval import ApprovalRefused, using_approval
from tenants.operations.tell_of_account import who_could_object
from tenants.roles import Permission


@transaction.atomic(durable=True)
def agree_to_gateway(*, approval: UUID, approved_by: Person) -> Approval:
    """`approval` names what `approved_by` has read. Raises ValidationError, as for a name that is taken by now."""
    asked = Approval.objects.undecided().filter(pk=approval, action__in=ACTIONS).first()
    if asked is None:
        raise ApprovalRefused("This was decided meanwhile.")
    # Before the approval's own row, as `revoke_gateway` does.
    gateway = None if asked.action == REGISTER else lock_gateway_of(asked)
    with using_approval(
        approval=approval,
        about=asked.about,
        approved_by=approved_by,
        agreeing_needs=Permission.GATEWAY_MANAGE,
        still_needs=Permission.GATEWAY_MANAGE,
    ) as agreed:
        if gateway and (asked.action == GIVE_BACK) != bool(gateway.revoked_at):
            raise ApprovalRefused(f"{gateway.name} was revoked or given back meanwhile. It has to be asked for again.")
    # The database lets this door do what follows only with an approval that was given.
    if agreed.action == GIVE_BACK and gateway:
        gateway = give_back_gateway(gateway=gateway, agreed=agreed)
    elif agreed.action in {REGISTER, CHANGE}:
        _set_up(agreed, gateway, approved_by)
        return agreed
    _tell_that_a_code_waits(agreed, gateway)
    return agreed


def _set_up(agreed: Approval, gateway: Gateway | None, approved_by: Person) -> None:
    wanted, asked_by = agreed.details, agreed.requested_by.actor
    place = {name: wanted[name] for name in ("host", "port", "base_networks")}
    # What was asked for before there was a choice.
    place |= {"mssfix": wanted.get("mssfix", USUAL_MSSFIX), "tcp_port": wanted.get("tcp_port")}
    if gateway is None:
        add_gateway(
            name=wanted["gateway"], network=wanted["network"], **place, added_by=asked_by, agreed_by=approved_by
        )
    else:
        alter_gateway(gateway=gateway, **place, altered_by=asked_by, agreed_by=approved_by)


def _tell_that_a_code_waits(agreed: Approval, gateway: Gateway | None) -> None:
    queue_mails(
        recipients=who_could_object(customers=[]),
        template="gateway_code_agreed",
        about=agreed.about,
        context={"gateway": gateway, "approval": agreed, "hours": int(CODE_WAITS.total_seconds() // 3600)},
    )
