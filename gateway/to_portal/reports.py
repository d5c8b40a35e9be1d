"""What goes into the next report and whether one is due. Pure but for the outbox's counter.

Nothing is sent while nothing changes, except a whole picture of the sessions every so often.
"""

from dataclasses import dataclass, field
from typing import NewType

from gateway import __version__
from gateway.locks.cuts import Cut
from gateway.openvpn.sessions import Session, changed_sessions
from gateway.to_portal.outbox import Outbox, Sighting

SNAPSHOT_SECONDS = 30.0
# A box that knocks all the time must not turn every knock into a report.
SIGHTINGS_APART_SECONDS = 1.0
# One report tells of an unfinished cut only after this: usually the finished one is there before.
UNFINISHED_CUT_MS = 500
SIGHTINGS_PER_REPORT = 100
LONGEST_BACK_OFF_SECONDS = 5.0

Report = NewType("Report", dict[str, object])


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything that can be told now. `sessions` None: no management socket is attached."""

    generation: int
    openvpn_version: str
    sessions: dict[str, Session] | None
    cuts: list[Cut]
    problems: list[dict[str, str]]
    # False: those of one of two OpenVPNs are as they were when it was seen last.
    all_are_seen: bool = True


@dataclass(frozen=True, slots=True)
class _Sent:
    observation: Observation
    cuts: list[Cut]
    sightings: list[Sighting]


@dataclass
class ReportDesk:
    """Remembers what the portal has acknowledged. One report is under way at a time."""

    outbox: Outbox
    snapshot_seconds: float = SNAPSHOT_SECONDS
    _known: Observation | None = None
    # The picture that was last seen to be the known one: most turns of the loop bring no new one.
    _unchanged: dict[str, Session] | None = None
    _known_cuts: dict[str, Cut] = field(default_factory=dict)
    # Subject -> generation of an open cut, and when it was first seen here.
    _noticed: dict[str, tuple[int, float]] = field(default_factory=dict)
    _sent: _Sent | None = None
    _snapshot_at: float = 0.0
    _not_before: float = 0.0
    _failures: int = 0
    _last_sent: float = float("-inf")

    def compose(self, observation: Observation, now: float) -> Report | None:
        """None when nothing is due. The report's number is on disk when this returns."""
        if self._sent is not None or now < self._not_before:
            return None
        cuts = [cut for cut in observation.cuts if self._is_news(cut, now)]
        sightings = self.outbox.sightings[:SIGHTINGS_PER_REPORT]
        snapshot = now >= self._snapshot_at
        due = snapshot or bool(cuts) or self._has_changed(observation)
        if not due and (not sightings or now < self._last_sent + SIGHTINGS_APART_SECONDS):
            return None
        self._sent = _Sent(observation, cuts, sightings)
        self._last_sent = now
        if snapshot:
            self._snapshot_at = now + self.snapshot_seconds
        return self._write(observation, cuts, sightings, snapshot=snapshot)

    def next_step(self) -> float:
        """When to look again although nothing happens (monotonic)."""
        if self._sent is not None:
            return float("inf")
        times = [self._snapshot_at]
        if self.outbox.sightings:
            times.append(self._last_sent + SIGHTINGS_APART_SECONDS)
        return max(self._not_before, min(times))

    def acknowledged(self) -> list[Cut]:
        """204. The answer: the cuts that are now told of and complete."""
        sent = self._take_sent()
        self._failures = 0
        self._known, self._unchanged = sent.observation, None
        self.outbox.drop_sightings(sent.sightings)
        self._known_cuts |= {cut.subject: cut for cut in sent.cuts}
        done = [cut for cut in sent.cuts if cut.is_complete()]
        for cut in done:
            del self._known_cuts[cut.subject]
            self._noticed.pop(cut.subject, None)
        return done

    def replayed(self, last_sequence: int, now: float, jitter: float) -> None:
        """409: the portal is further than our disk. Go on from there."""
        self.outbox.sequence = max(self.outbox.sequence, last_sequence)
        self._retry(now, jitter)

    def refused(self, now: float, jitter: float) -> None:
        """The portal takes this report for faulty. A sighting holds words of strangers: go on without these."""
        self.outbox.drop_sightings(self._sent.sightings if self._sent else [])
        self._retry(now, jitter)

    def failed(self, now: float, jitter: float) -> None:
        """Not known whether it arrived: the next report is whole again."""
        self._retry(now, jitter)

    def _retry(self, now: float, jitter: float) -> None:
        self._take_sent()
        self._known = self._unchanged = None
        self._snapshot_at = 0.0
        delay = min(LONGEST_BACK_OFF_SECONDS, 0.25 * 2 ** min(self._failures, 6))
        self._failures += 1
        self._not_before = now + delay * (0.5 + jitter / 2)

    def _take_sent(self) -> _Sent:
        if self._sent is None:
            raise RuntimeError("an answer without a report")
        sent, self._sent = self._sent, None
        return sent

    def _is_news(self, cut: Cut, now: float) -> bool:
        known = self._known_cuts.get(cut.subject)
        if known is None or known.generation != cut.generation:
            return cut.is_complete() or cut.took_ms >= UNFINISHED_CUT_MS or self._is_overdue(cut, now)
        return _locks(known) != _locks(cut)

    def _is_overdue(self, cut: Cut, now: float) -> bool:
        """By a clock of its own: `took_ms` stands still once the session is gone, whatever lock is still open."""
        generation, since = self._noticed.get(cut.subject, (None, now))
        if generation != cut.generation:
            since = now
            self._noticed[cut.subject] = (cut.generation, now)
        return (now - since) * 1000 >= UNFINISHED_CUT_MS

    def _has_changed(self, now: Observation) -> bool:
        known = self._known
        if known is None:
            return True
        if (known.generation, known.openvpn_version, known.problems) != (
            now.generation,
            now.openvpn_version,
            now.problems,
        ):
            return True
        if now.sessions is None or now.sessions is self._unchanged:
            return False
        if known.sessions is None or any(changed_sessions(now.sessions, known.sessions)):
            return True
        self._unchanged = now.sessions
        return False

    def _write(self, now: Observation, cuts: list[Cut], sightings: list[Sighting], *, snapshot: bool) -> Report:
        known = self._known.sessions if self._known else None
        full = now.sessions is not None and now.all_are_seen and (snapshot or known is None)
        up, down = changed_sessions(now.sessions or {}, {} if full or now.sessions is None else known or {})
        return Report(
            {
                "sequence": self.outbox.next_sequence(),
                "generation": now.generation,
                "agent_version": __version__,
                "openvpn_version": now.openvpn_version,
                "sessions": {"full": full, "up": [session.as_json() for session in up], "down": down},
                "cuts": [cut.as_json() for cut in cuts],
                "sightings": [
                    {"serial": one.serial, "source": one.source, "at": one.at, "line": one.line} for one in sightings
                ],
                "problems": now.problems,
            }
        )


def _locks(cut: Cut) -> tuple[bool, bool, bool, bool]:
    return (cut.session_gone, cut.firewall_closed, cut.serials_blocked, cut.client_config_removed)
