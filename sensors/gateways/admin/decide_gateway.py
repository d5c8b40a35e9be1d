"""What two people decide of a gateway."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count
from django.urls import reverse

from sensors.fleet.gateway_steps import CHANGE, CODE_ACTIONS, GIVE_BACK, ISSUE_CODE, REGISTER
from sensors.gateways.operations.agree_to_gateway import agree_to_gateway
from sensors.gateways.operations.collect_gateway_code import code_that_waits
from sensors.gateways.operations.revoke_gateway import boxes_of
from sensors.models import Gateway
from sensors.models.gateway import USUAL_MSSFIX, ports_in_words
from tenants.decisions import DECISIONS, Agreed, Decision
from tenants.models import Approval, Person
from tenants.roles import Permission

_WORDS: dict[str, str] = {
    REGISTER: "Register gateway {}",
    CHANGE: "Change gateway {}",
    ISSUE_CODE: "A code for gateway {}",
    GIVE_BACK: "Another machine as gateway {}",
}


class _Known(NamedTuple):
    gateway: Gateway
    boxes: int


def _gateway(approval: Approval, staff: Person) -> Gateway | None:
    return Gateway.objects.visible_to(staff).filter(name=approval.details["gateway"]).first()


def _gateways(approvals: Sequence[Approval], person: Person) -> dict[UUID, _Known]:
    names = {approval.pk: approval.details["gateway"] for approval in approvals}
    gateways = {gateway.name: gateway for gateway in Gateway.objects.visible_to(person).filter(name__in=names.values())}
    boxes = boxes_of(*gateways.values()).order_by().values_list("gateway").annotate(Count("pk"))
    counts: dict[Any, int] = dict(boxes)
    return {
        key: _Known(gateways[name], counts.get(gateways[name].pk, 0)) for key, name in names.items() if name in gateways
    }


def _facts(approval: Approval, known: _Known | None) -> dict[str, str]:
    """As it would be, and as it is where that is different."""
    gateway, now = known.gateway if known else None, {}
    if gateway:
        now = {
            "host": gateway.host,
            "port": gateway.port,
            "tcp_port": gateway.tcp_port,
            "base_networks": gateway.base_networks,
            "mssfix": gateway.mssfix,
        }
    wanted = now | approval.details
    facts = {
        "Gateway": wanted["gateway"],
        "Host": f"{wanted['host']}, {ports_in_words(wanted['port'], wanted.get('tcp_port'))}",
        "Underlay": wanted.get("network") or (gateway.network if gateway else ""),
        "At base": ", ".join(wanted["base_networks"]) or "no network",
        "Largest packet": f"{wanted.get('mssfix', USUAL_MSSFIX)} bytes",
    }
    if approval.action == CHANGE and gateway and not approval.verdict:
        bases = ", ".join(gateway.base_networks) or "no network"
        facts["Now"] = f"{gateway.host}, {gateway.ports}; at base {bases}; {gateway.mssfix} bytes"
    return facts


_BECOMES: dict[str, str] = {
    REGISTER: "Gateway {} is there, and boxes can be given to it. It has no machine yet: that needs a code.",
    CHANGE: "Gateway {} is changed at once, and its machine is told.",
    ISSUE_CODE: "One machine can become gateway {}, by a code that {} alone can have shown, once.",
    GIVE_BACK: "Another machine can take the place of gateway {}, by a code that {} alone can have shown, once.",
}


def _becomes(approval: Approval, known: _Known | None) -> list[str]:
    becomes = [_BECOMES[approval.action].format(approval.details["gateway"], approval.requested_by)]
    if approval.action == GIVE_BACK:
        becomes.append(f"Each of its {known.boxes if known else 0} boxes has to enrol again.")
    return [*becomes, "All of the staff get a mail with both names."]


def _think_of(_approval: Approval) -> str:
    return (
        "Do you know this machine, and who set it up? Its holder sees its boxes' tunnels and tells the "
        "portal which of them are up."
    )


def _agree(approval: UUID, person: Person) -> Agreed:
    agreed = agree_to_gateway(approval=approval, approved_by=person)
    done = f"{agreed.requested_by} can have the code shown now." if agreed.action in CODE_ACTIONS else "It is done."
    return Agreed(message=f"{done} All of the staff are told, with both your names.")


def _to_the_code(approval: Approval, person: Person) -> str:
    gateway = _gateway(approval, person) if approval.action in CODE_ACTIONS else None
    if gateway is None or code_that_waits(gateway=gateway, person=person) != approval:
        return ""
    return reverse("admin:sensors_gateway_code", args=[gateway.pk])


def _title(approval: Approval, _known: _Known | None) -> str:
    return _WORDS[approval.action].format(approval.details["gateway"])


for _action in _WORDS:
    DECISIONS[_action] = Decision(
        title=_title,
        look_up=_gateways,
        facts=_facts,
        becomes=_becomes,
        what="this",
        until_then="Nothing is done until another administrator or operator agrees.",
        think_of=_think_of,
        agree_label="I agree",
        refuse_label="No",
        refused="It is not done.",
        agreeing_needs=Permission.GATEWAY_MANAGE,
        refusing_needs=frozenset({Permission.GATEWAY_MANAGE}),
        agree=_agree,
        goes_on=_to_the_code,
        goes_on_label="To the code",
    )
