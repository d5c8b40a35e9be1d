"""The facts in words, each with how bad it is and what to do. Pure. docs/monitoring/alerts.yml has the same limits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from portal.monitoring.facts import Facts, GatewayFacts, Waiting
from sensors.keys.release_decision import FOR_PEOPLE
from sensors.models.gateway import SILENT_AFTER

# In seconds: who waits for longer is waited for by a worker that is not there.
CASE_LATE, MAIL_LATE, MAIL_VERY_LATE, REQUEST_LATE, REQUEST_VERY_LATE = 300, 600, 3600, 60, 600
DAYS_BEFORE_END, LAST_DAYS = 30, 3
VERIFIED_WITHIN = timedelta(days=2)
LIST_ENDS_IN = timedelta(days=2)


class Level(IntEnum):
    """As plugins of monitoring systems end."""

    OK = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """`mend` is empty where nothing is wrong."""

    level: Level
    text: str
    mend: str = ""


def findings_of(facts: Facts) -> Iterator[Finding]:
    yield from _cases(facts)
    for gateway in facts.gateways:
        yield from _gateway(gateway, facts.at)
    if facts.revoked_gateways:
        yield Finding(Level.OK, f"{facts.revoked_gateways} gateway(s) revoked")
    yield _sensors(facts)
    yield from _held_keys(facts)
    yield _late("mails", facts.mails, MAIL_LATE, MAIL_VERY_LATE, "Look at the worker and at the mail server's answer.")
    if facts.failed_mails:
        yield Finding(
            Level.WARNING,
            f"mails: {facts.failed_mails} could not be sent at least once",
            "The admin's page of mails shows the mail server's words.",
        )
    yield _late(
        "requests for certificates",
        facts.certificate_requests,
        REQUEST_LATE,
        REQUEST_VERY_LATE,
        "Look at the signer: systemctl status nsmaas-signer.",
    )
    yield from _authority(facts)
    yield _audit(facts)


def _cases(facts: Facts) -> Iterator[Finding]:
    late = facts.unconfirmed_cases
    text = f"cases: {facts.open_cases} open, {late.count} not confirmed"
    if late.oldest > CASE_LATE:
        mend = "The case's page names the gateway that has not confirmed: its agent, or its way to the portal."
        yield Finding(Level.CRITICAL, f"{text}, the oldest for {_duration(late.oldest)}", mend)
    else:
        yield Finding(Level.OK, text)


def _gateway(gateway: GatewayFacts, now: datetime) -> Iterator[Finding]:
    name = f"gateway {gateway.name}"
    mend = "On its host: systemctl status nsm-gateway-agent, then python -m gateway check."
    if gateway.report_age is None:
        yield Finding(Level.WARNING, f"{name}: has never reported", "Enrol its host.")
        return
    if gateway.report_age > SILENT_AFTER.total_seconds():
        yield Finding(Level.CRITICAL, f"{name}: silent for {_duration(gateway.report_age)}", mend)
    elif gateway.unanswered:
        text = f"{name}: does not say which sessions it has, so keys are held"
        yield Finding(Level.CRITICAL, text, mend)
    elif gateway.problems or gateway.generation_lag:
        text = f"{name}: {gateway.problems} problem(s), {gateway.generation_lag} change(s) behind"
        yield Finding(Level.WARNING, text, "The gateway's page in the admin names them.")
    else:
        yield Finding(Level.OK, f"{name}: reported {_duration(gateway.report_age)} ago")
    yield _end(f"{name}: certificate", gateway.certificate_ends, now, "Issue a code and enrol its host again.")


def _sensors(facts: Facts) -> Finding:
    tunnels = ", ".join(f"{count} {tunnel}" for tunnel, count in facts.tunnels.items())
    text = f"sensors: {sum(facts.tunnels.values())} in service, tunnels {tunnels}; {facts.quiet} quiet"
    if facts.quiet:
        return Finding(Level.WARNING, text, "A box whose tunnel is up tells nothing: its timer nsm-heartbeat.")
    return Finding(Level.OK, text)


def _held_keys(facts: Facts) -> Iterator[Finding]:
    for reason, count in sorted(facts.held.items()):
        if reason in FOR_PEOPLE:
            mend = "Somebody has to look: the sensor's page, It waits for its key."
            yield Finding(Level.WARNING, f"held keys: {count} ({reason})", mend)
        else:
            yield Finding(Level.OK, f"held keys: {count} ({reason})")


def _authority(facts: Facts) -> Iterator[Finding]:
    yield _end("authority", facts.authority_ends, facts.at, "A new authority is needed: ask for help in time.")
    for door, ends in facts.doors.items():
        mend = f"systemctl status the nginx of the door for {door}; its certificate, docs/operations.md."
        if ends is None:
            yield Finding(Level.CRITICAL, f"door for {door}: does not answer", mend)
        else:
            yield _end(f"door for {door}: certificate", ends, facts.at, mend)
    mend = "The signer publishes it: systemctl status nsmaas-signer."
    if facts.revocation_list is None:
        yield Finding(Level.WARNING, "revocation list: there is none", mend)
    else:
        left = facts.revocation_list.ends - facts.at
        level = Level.CRITICAL if left < timedelta(0) else Level.WARNING if left < LIST_ENDS_IN else Level.OK
        text = f"revocation list: {_left(left)}"
        yield Finding(level, text, mend if level else "")


def _audit(facts: Facts) -> Finding:
    found = facts.verification
    mend = "Run manage.py verify_audit daily."
    if found is None:
        return Finding(Level.WARNING, "audit trail: was never verified", mend)
    age = _duration((facts.at - found.finished_at).total_seconds())
    if found.broken_chains:
        text = f"audit trail: {found.broken_chains} chain(s) were broken {age} ago"
        return Finding(Level.CRITICAL, text, "Compare with the last export: somebody has changed or removed entries.")
    level = Level.WARNING if facts.at - found.finished_at > VERIFIED_WITHIN else Level.OK
    return Finding(level, f"audit trail: unbroken {age} ago", mend if level else "")


def _late(what: str, waiting: Waiting, late: float, very_late: float, mend: str) -> Finding:
    level = Level.CRITICAL if waiting.oldest > very_late else Level.WARNING if waiting.oldest > late else Level.OK
    text = f"{what}: {waiting.count} wait" + (f", the oldest for {_duration(waiting.oldest)}" if waiting.count else "")
    return Finding(level, text, mend if level else "")


def _end(what: str, ends: datetime | None, now: datetime, mend: str) -> Finding:
    if ends is None:
        return Finding(Level.WARNING, f"{what}: there is none", mend)
    left = ends - now
    days = left / timedelta(days=1)
    level = Level.CRITICAL if days < LAST_DAYS else Level.WARNING if days < DAYS_BEFORE_END else Level.OK
    return Finding(level, f"{what}: {_left(left)}", mend if level else "")


def _left(left: timedelta) -> str:
    return f"ends in {_duration(left.total_seconds())}" if left > timedelta(0) else "HAS ENDED"


def _duration(seconds: float) -> str:
    for size, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {name}"
    return f"{seconds:.0f} seconds"
