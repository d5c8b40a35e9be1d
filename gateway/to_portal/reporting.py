"""Sends what is due and takes the portal's answers to it; keeps the sightings until they have arrived."""

import logging
import random
import time
from collections.abc import Callable, Sequence

from gateway.locks.cuts import Cut
from gateway.openvpn.management_events import CertificateRefused
from gateway.openvpn.session_watch import Refusal
from gateway.openvpn.session_watches import SessionWatches
from gateway.problems import Problems
from gateway.rfc3339 import as_rfc3339
from gateway.state.stored_state import StoredState
from gateway.to_portal.outbox import Outbox, Sighting
from gateway.to_portal.portal_threads import ReportAnswered, ReportFailed
from gateway.to_portal.reports import Observation, Report, ReportDesk

log = logging.getLogger("gateway.reports")


class Reporting:
    """`send` must not block: it hands the report to the thread that waits for the portal."""

    def __init__(
        self, outbox: Outbox, problems: Problems, send: Callable[[Report], None], snapshot_seconds: float
    ) -> None:
        self._outbox, self._problems, self._send = outbox, problems, send
        self._desk = ReportDesk(outbox, snapshot_seconds)
        self._last_failure: str | None = None
        # By this host's clock, in seconds since 1970; None before the first since the agent's start.
        self.accepted_at: float | None = None

    @property
    def waiting_sightings(self) -> int:
        return len(self._outbox.sightings)

    def next_step(self) -> float:
        return self._desk.next_step()

    def report(self, *, generation: int, watch: SessionWatches, cuts: list[Cut], now: float) -> None:
        self._problems.set("outbox-not-saved", self._outbox.problem)
        observation = Observation(
            generation=generation,
            openvpn_version=watch.version,
            sessions=watch.last_known,
            all_are_seen=watch.is_whole,
            cuts=cuts,
            problems=self._problems.as_json(),
        )
        report = self._desk.compose(observation, now)
        if report is not None:
            self._send(report)

    def take_answer(self, answer: ReportAnswered | ReportFailed, now: float) -> Sequence[Cut]:
        """The complete cuts that the portal now knows of."""
        jitter = random.random()  # noqa: S311 -- not a secret
        match answer:
            case ReportAnswered(status=204):
                self._last_failure = None
                self.accepted_at = time.time()
                return self._desk.acknowledged()
            case ReportAnswered(status=409, last_sequence=int(last)):
                log.warning("the portal has seen report %d already", last)
                self._desk.replayed(last, now, jitter)
            case ReportAnswered(status=400 | 413 | 422):
                log.error("the portal refused a report as faulty (%d)", answer.status)
                self._desk.refused(now, jitter)
            case ReportAnswered():
                self._fail(f"the portal answered {answer.status} to a report", now, jitter)
            case ReportFailed():
                self._fail(f"a report did not arrive: {answer.detail}", now, jitter)
        return ()

    def _fail(self, why: str, now: float, jitter: float) -> None:
        """Said once: a portal that is down for a night must not fill the disk with it."""
        if why != self._last_failure:
            log.warning("%s; trying again", why)
        self._last_failure = why
        self._desk.failed(now, jitter)

    def add_sighting(self, refusal: Refusal, state: StoredState) -> None:
        if isinstance(refusal, CertificateRefused):
            serial: str | None = refusal.serial
        else:
            serial = _only_good_serial(refusal.subject, state)
        if serial is None:
            log.warning("a sensor without a client-config was turned away: %s", refusal.line)
            return
        sighting = Sighting(serial, refusal.source, as_rfc3339(refusal.at), refusal.line)
        if self._outbox.add_sighting(sighting):
            log.warning("sighting: serial %s from %s", sighting.serial, sighting.source)


def _only_good_serial(subject: str, state: StoredState) -> str | None:
    """`ccd-exclusive` refuses after the certificate has passed, so it was the one good serial, if there is one."""
    entry = state.entries.get(subject)
    good = [serial for serial in entry.serials if serial not in state.revoked] if entry else []
    return good[0] if len(good) == 1 else None
