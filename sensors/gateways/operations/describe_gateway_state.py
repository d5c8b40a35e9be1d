"""What a gateway should be, since a generation it knows (docs/contracts.md). Costs what changed, not what exists."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from pki.models import Certificate
from sensors.artifacts.facts import GatewayFacts
from sensors.artifacts.firewall import gateway_firewall
from sensors.artifacts.openvpn import client_config, server_conf, server_tcp_conf
from sensors.artifacts.operations.gather_facts import gateway_facts, sensor_facts
from sensors.gateways.operations.take_recalled_serials import recall_of
from sensors.models import Gateway, GatewaySlot, Sensor, SensorMove
from sensors.states import CONNECTABLE
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_provider_audit

CHUNK = 500
# For gateways whose clocks are behind.
LISTED_AFTER_THE_END = timedelta(days=30)
_PAST_ALL = 2**63


def describe_gateway_state(*, gateway: Gateway, since: int) -> dict[str, Any]:
    """One transaction: the generation is read before the slots, so nothing newer can be passed over."""
    with transaction.atomic():
        gateway = Gateway.objects.get(pk=gateway.pk)
        recall = recall_of(gateway)
        if since > gateway.generation:
            gateway, since = _leap_ahead(gateway, since), 0
        elif recall is not None:
            # It may hold another generation of this number, from before the restoration.
            since = 0
        slots = GatewaySlot.objects.filter(gateway=gateway, generation__gt=since).select_related(
            "sensor__underlay_address"
        )
        entries = [entry for chunk in _chunks(list(slots)) for entry in _entries(gateway, chunk)]
    config = since < gateway.config_generation
    return {
        "generation": gateway.generation,
        "full": since == 0,
        "config": _config(gateway_facts(gateway)) if config else None,
        "sensors": entries,
        **({"recall": recall} if recall is not None else {}),
    }


def _config(facts: GatewayFacts) -> dict[str, Any]:
    """Agents of an earlier version refuse a member that they do not know, so the last one is there only if wanted."""
    by_tcp = server_tcp_conf(facts)
    return {
        "server_conf": server_conf(facts),
        "firewall": gateway_firewall(facts),
        **({"server_tcp_conf": by_tcp} if by_tcp is not None else {}),
    }


def gateway_generations() -> dict[UUID, int]:
    """Of all gateways. One that was revoked is past every generation that it can know: who waits for it is woken."""
    rows = Gateway.objects.order_by().values_list("pk", "generation", "revoked_at")
    return {key: generation if revoked_at is None else _PAST_ALL for key, generation, revoked_at in rows}


def _leap_ahead(gateway: Gateway, since: int) -> Gateway:
    """The gateway has seen a later state than we know of: this database was restored from an old backup."""
    Gateway.objects.filter(pk=gateway.pk, generation__lt=since).update(generation=since + 1)
    record_provider_audit(
        actor=Actor.machine(gateway.subject),
        action=AuditAction.GATEWAY_AHEAD_OF_PORTAL,
        subject=f"gateway:{gateway.subject}",
        details={"gateway_knows": since, "portal_knew": gateway.generation},
    )
    Gateway.objects.filter(pk=gateway.pk).update(config_generation=F("generation"))
    return Gateway.objects.get(pk=gateway.pk)


def _chunks(slots: list[GatewaySlot]) -> list[list[GatewaySlot]]:
    return [slots[start : start + CHUNK] for start in range(0, len(slots), CHUNK)]


def _entries(gateway: Gateway, slots: list[GatewaySlot]) -> list[dict[str, Any]]:
    serials: dict[str, list[str]] = defaultdict(list)
    revoked: dict[str, list[str]] = defaultdict(list)
    subjects = [slot.sensor.subject for slot in slots]
    # What has ended opens nothing any more: without this a box's entry would grow with each renewal.
    lately = timezone.now() - LISTED_AFTER_THE_END
    rows = Certificate.objects.filter(subject__in=subjects, not_after__gt=lately).order_by("pk")
    for subject, serial, revocation in rows.values_list("subject", "serial", "revocation"):
        (revoked if revocation else serials)[subject].append(serial)
    left = _left_addresses(gateway, [slot.sensor for slot in slots if slot.sensor.gateway_id != gateway.pk])
    return [
        _entry(gateway, slot, left.get(slot.sensor_id), serials[slot.sensor.subject], revoked[slot.sensor.subject])
        for slot in slots
    ]


def _left_addresses(gateway: Gateway, sensors: list[Sensor]) -> dict[UUID, str]:
    """By which this gateway knew them before they went to another one."""
    moves = SensorMove.objects.filter(sensor__in=sensors, from_gateway=gateway).exclude(to_gateway=gateway)
    return dict(moves.order_by("pk").values_list("sensor_id", "from_address__address")) if sensors else {}


def _entry(
    gateway: Gateway, slot: GatewaySlot, left: str | None, serials: list[str], revoked: list[str]
) -> dict[str, Any]:
    sensor = slot.sensor
    allowed = sensor.gateway_id == gateway.pk and sensor.state in CONNECTABLE and bool(serials)
    sensor.gateway = gateway
    return {
        "subject": sensor.subject,
        "generation": slot.generation,
        "address": left or sensor.address,
        "allowed": allowed,
        "client_config": client_config(sensor_facts(sensor)) if allowed else None,
        "serials": serials,
        "revoked_serials": revoked,
    }
