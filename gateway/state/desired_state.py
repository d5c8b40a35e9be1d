"""The portal's answer to "the state since generation N": JSON in, frozen facts out.

Nothing that fails these checks reaches a path, a configuration or a command. A faulty sensor or configuration is left
out and named in `refusals`, so that it cannot hold up the cut-off of another sensor; a faulty frame refuses the whole
answer.
"""

import ipaddress
import json
import re
from dataclasses import dataclass, replace

from gateway.state.configuration_rules import ConfigurationRefused, ServerConf
from gateway.state.gateway_config import GatewayConfig, parse_config
from gateway.state.ipv4 import is_address, is_netmask

SUBJECT = re.compile(r"[sg]-[a-z2-7]{12}")
# RFC 5280, 4.1.2.2: up to 20 octets, so 49 decimal digits.
SERIAL = re.compile(r"[1-9][0-9]{0,48}")
CLIENT_CONFIG = re.compile(r"ifconfig-push ([0-9.]{7,15}) ([0-9.]{7,15})\n")
HIGHEST_GENERATION = 2**63 - 1


class StateRefused(Exception):
    """The answer is not one; the text says why and holds nothing of its content but names."""


@dataclass(frozen=True, slots=True)
class SensorEntry:
    """What the portal wants for one sensor. `allowed` alone decides nothing: see `StoredState.is_allowed`."""

    subject: str
    generation: int
    address: str
    allowed: bool
    client_config: str | None
    serials: tuple[str, ...]
    revoked_serials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StateAnswer:
    """One checked answer. With `refusals` it may be applied, but its generation is not reached."""

    generation: int
    full: bool
    config: GatewayConfig | None
    sensors: tuple[SensorEntry, ...]
    refusals: tuple[str, ...]
    refused_subjects: frozenset[str]
    # The number of a restoration of the portal's, which asks for all serials that are known here as revoked.
    recall: int | None = None


def parse_state_answer(body: bytes, *, since: int) -> StateAnswer:
    """Raises StateRefused unless the frame of the answer is right."""
    document = _read_json(body)
    generation = _integer(document.get("generation"), "generation")
    full = document.get("full")
    listed = document.get("sensors")
    if not isinstance(full, bool) or not isinstance(listed, list):
        raise StateRefused("full or sensors has the wrong type")
    if generation < since:
        raise StateRefused(f"generation {generation} is below {since}")
    refusals: list[str] = []
    config = _parse_config(document.get("config"), refusals)
    sensors: dict[str, SensorEntry] = {}
    refused: set[str] = set()
    for position, item in enumerate(listed):
        try:
            entry = parse_sensor(item)
        except StateRefused as error:
            subject = item.get("subject") if isinstance(item, dict) else None
            known = subject if isinstance(subject, str) and SUBJECT.fullmatch(subject) else None
            refused |= {known} if known else set()
            refusals.append(f"sensor {known or f'number {position}'}: {error}")
            continue
        if entry.subject in sensors:
            raise StateRefused(f"sensor {entry.subject} is listed twice")
        sensors[entry.subject] = entry
    recall = None if document.get("recall") is None else _integer(document["recall"], "recall")
    return StateAnswer(generation, full, config, tuple(sensors.values()), tuple(refusals), frozenset(refused), recall)


def parse_sensor(item: object) -> SensorEntry:
    """Also reads back what the agent stored: the disk is trusted no more than the portal."""
    if not isinstance(item, dict):
        raise StateRefused("not an object")
    subject, address, allowed = item.get("subject"), item.get("address"), item.get("allowed")
    if not isinstance(subject, str) or not SUBJECT.fullmatch(subject):
        raise StateRefused("subject is not a machine's name")
    if not isinstance(allowed, bool):
        raise StateRefused("allowed is not true or false")
    address = _address(address)
    return SensorEntry(
        subject=subject,
        generation=_integer(item.get("generation"), "generation"),
        address=address,
        allowed=allowed,
        client_config=_client_config(item.get("client_config"), address),
        serials=_serials(item.get("serials"), "serials"),
        revoked_serials=_serials(item.get("revoked_serials"), "revoked_serials"),
    )


def refuse_outside(answer: StateAnswer, conf: ServerConf) -> StateAnswer:
    """Leaves out addresses that OpenVPN cannot give out (outside its network, or the network's own three), and client
    configs with another netmask than the network's."""
    reserved = {conf.network.network_address, conf.network.broadcast_address, conf.own_address}
    outside, other_netmask = set(), set()
    for entry in answer.sensors:
        address = ipaddress.IPv4Address(entry.address)
        if address not in conf.network or address in reserved:
            outside.add(entry.subject)
        elif entry.client_config not in (None, f"ifconfig-push {address} {conf.network.netmask}\n"):
            other_netmask.add(entry.subject)
    refusals = [f"sensor {subject}: address outside" for subject in sorted(outside)]
    refusals += [f"sensor {subject}: not the underlay's netmask" for subject in sorted(other_netmask)]
    return replace(
        answer,
        sensors=tuple(entry for entry in answer.sensors if entry.subject not in outside | other_netmask),
        refusals=(*answer.refusals, *refusals),
        refused_subjects=answer.refused_subjects | outside | other_netmask,
    )


def _read_json(body: bytes) -> dict[str, object]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise StateRefused("not JSON") from error
    if not isinstance(document, dict):
        raise StateRefused("not a JSON object")
    return document


def _parse_config(value: object, refusals: list[str]) -> GatewayConfig | None:
    try:
        return None if value is None else parse_config(value)
    except ConfigurationRefused as error:
        refusals.append(f"config: {error}")
        return None


def _integer(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HIGHEST_GENERATION:
        raise StateRefused(f"{name} is not a count")
    return value


def _address(value: object) -> str:
    # The text must be canonical: it is compared with what nft and OpenVPN print.
    if isinstance(value, str) and is_address(value):
        return value
    raise StateRefused("address is not an IPv4 address")


def _client_config(value: object, address: str) -> str | None:
    """One line and nothing else: a newline in the middle would be a directive of its own."""
    if value is None:
        return None
    match = CLIENT_CONFIG.fullmatch(value) if isinstance(value, str) else None
    if match is None or match.group(1) != address or not is_netmask(match.group(2)):
        raise StateRefused("client_config must be: ifconfig-push ADDRESS NETMASK, of its own address")
    return match.group()


def _serials(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise StateRefused(f"{name} is not a list")
    for serial in value:
        if not isinstance(serial, str) or not SERIAL.fullmatch(serial):
            raise StateRefused(f"{name} holds something that is no decimal serial number")
    return tuple(value)
