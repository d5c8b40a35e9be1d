"""Which boxes are reached at the device of the OpenVPN that listens by TCP: a route of its own for each of them.

All other underlay addresses are at the first device, by its network. The kernel takes packets of an address at that
device alone to which its way leads (`rp_filter`), so a box without its route here has no tunnel, and of two sessions of
one box the one has it to which the route leads. Nothing here opens anything: what may pass is the firewall's to say.
"""

import json
import operator
import socket
import time
from collections.abc import Iterable, Mapping

from gateway.locks.host_tools import ToolRefused, run_tool
from gateway.locks.other_forwarding import TCP_TUNNEL
from gateway.openvpn.sessions import Session
from gateway.problems import Problems
from gateway.state.ipv4 import is_address
from gateway.state.stored_state import StoredState

TRY_AGAIN_SECONDS = 1.0
# No request's connection is older.
REMEMBERED_SECONDS = 3600.0


class SensorRoutes:
    """Knows what is there from looking. A device that is made again has no routes."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._device = 0
        # Addresses with a route to the device; None: not known.
        self._present: frozenset[str] | None = frozenset()
        # For what all is in place: most turns of the loop bring nothing new.
        self._settled: tuple[object, ...] | None = None
        self._not_before = float("-inf")
        # When an address was last led to the other device, on the monotonic clock.
        self._moved: dict[str, float] = {}

    def follow(self, sessions: Mapping[str, Session] | None, state: StoredState | None, *, tcp_is_seen: bool) -> None:
        """`sessions` of both OpenVPNs, as far as they are seen. While the one by TCP is not, those it had stay where
        they were unless the other has them now; so do all while nothing is known of what is wanted."""
        if self._find_device() == 0:
            self._present, self._settled = frozenset(), None
            self._problems.set("sensor-routes-refused", None)
            return
        if self._present is None:
            self._look()
        if self._present is None or state is None or sessions is None:
            return
        asked = (sessions, state, tcp_is_seen)
        if self._settled is not None and all(map(operator.is_, asked, self._settled)):
            return
        wanted = _wanted(sessions, state)
        if not tcp_is_seen:
            wanted |= self._present - {session.underlay_address for session in sessions.values()}
        if wanted != self._present and time.monotonic() >= self._not_before:
            self._change(self._present, wanted)
        self._settled = asked if wanted == self._present else None

    def look_again(self) -> None:
        """For what others may have changed."""
        self._present = self._settled = None

    def leads_to(self, session: Session) -> bool:
        """Whether packets for its address go to its OpenVPN."""
        return self._present is not None and (session.underlay_address in self._present) == session.is_by_tcp

    def moved_at(self, session: Session) -> float:
        """When its address was led to its OpenVPN; minus infinity where it always was, as far as is known."""
        return self._moved.get(session.underlay_address, float("-inf"))

    def _find_device(self) -> int:
        try:
            number = socket.if_nametoindex(TCP_TUNNEL)
        except OSError:
            number = 0
        if number != self._device:
            self._device, self._present, self._settled = number, None, None
        return number

    def _look(self) -> None:
        try:
            listed = run_tool("ip", "-j", "-4", "route", "show", "dev", TCP_TUNNEL)
            self._present = parse_routes(listed)
            self._problems.set("sensor-routes-refused", None)
        except ToolRefused as error:
            self._problems.set("sensor-routes-refused", str(error))

    def _change(self, before: frozenset[str], wanted: frozenset[str]) -> None:
        lines = [f"route del {address} dev {TCP_TUNNEL}" for address in sorted(before - wanted)]
        lines += [f"route replace {address} dev {TCP_TUNNEL}" for address in sorted(wanted - before)]
        said = ""
        try:
            run_tool("ip", "-4", "-force", "-batch", "-", text="\n".join(lines) + "\n")
        except ToolRefused as error:
            said = str(error)
        self._present = None
        self._look()
        now = time.monotonic()
        if self._present is not None:
            self._moved = {address: at for address, at in self._moved.items() if now - at < REMEMBERED_SECONDS}
            self._moved |= dict.fromkeys(before ^ self._present, now)
        if self._present != wanted:
            # What counts is what is there afterwards.
            self._not_before = now + TRY_AGAIN_SECONDS
            self._problems.set("sensor-routes-refused", said or "the routes are not those that were asked for")


def _wanted(sessions: Mapping[str, Session], state: StoredState) -> frozenset[str]:
    """Of boxes that may come in, and at their own address alone."""
    return frozenset(
        session.underlay_address
        for subject, session in sessions.items()
        if session.is_by_tcp
        and state.is_allowed(subject)
        and session.underlay_address == state.entries[subject].address
    )


def parse_routes(output: str) -> frozenset[str]:
    """Raises ToolRefused for what is no list of routes."""
    try:
        listed: Iterable[str] = [str(route["dst"]) for route in json.loads(output or "[]")]
    except (ValueError, TypeError, KeyError) as error:
        raise ToolRefused("the routes of this host cannot be read") from error
    return frozenset(address for address in listed if is_address(address))
