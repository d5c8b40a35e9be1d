"""One cut-off as this gateway observed it: four locks, each said to be in place only when it was seen so."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from gateway.agent_directory import AgentDirectory
from gateway.locks.reconcile import Host
from gateway.openvpn.session_watches import SessionWatches
from gateway.state.stored_state import StoredState


@dataclass(frozen=True, slots=True)
class Cut:
    """`took_ms` runs from the state's arrival to the status that no longer listed a session."""

    subject: str
    generation: int
    session_gone: bool
    firewall_closed: bool
    serials_blocked: bool
    client_config_removed: bool
    took_ms: int

    def is_complete(self) -> bool:
        return self.session_gone and self.firewall_closed and self.serials_blocked and self.client_config_removed

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass
class CutTimer:
    """When the locks of a cut began and were in place, on the monotonic clock."""

    began: float
    locked: float | None = None
    gone: float | None = None


def observe_cuts(
    state: StoredState, timers: Mapping[str, CutTimer], host: Host, watch: SessionWatches, now: float
) -> list[Cut]:
    """All that the portal has not acknowledged yet."""
    return [
        _observe(subject, generation, state, timers[subject], host, watch, now)
        for subject, generation in state.unreported_cuts.items()
        if subject in timers
    ]


def _observe(
    subject: str,
    generation: int,
    state: StoredState,
    timer: CutTimer,
    host: Host,
    watch: SessionWatches,
    now: float,
) -> Cut:
    entry = state.entries.get(subject)
    # Only a status asked for after the locks were in place can prove it: before, the box could come straight back.
    looked = watch.is_whole and timer.locked is not None and watch.seen_at >= timer.locked
    gone = looked and subject not in watch.live
    if gone and timer.gone is None:
        timer.gone = now
    return Cut(
        subject=subject,
        generation=generation,
        session_gone=gone,
        firewall_closed=_is_closed(entry.address if entry else None, state, host),
        serials_blocked=set(entry.revoked_serials if entry else ()) <= host.readable_serials,
        client_config_removed=_is_removed(host.directory, subject),
        took_ms=max(0, round(((timer.gone or now) - timer.began) * 1000)),
    )


def _is_closed(address: str | None, state: StoredState, host: Host) -> bool:
    """An address that has gone to another sensor meanwhile is that one's, and open for it alone."""
    if host.open_addresses is None:
        return False
    return address is None or address not in host.open_addresses or address in state.allowed_addresses()


def _is_removed(directory: AgentDirectory, subject: str) -> bool:
    return not (directory.ccd / subject).exists()
