"""A case's measures as steps with their times; "pending" says what it waits for and since when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from notices.models import Mail
from sensors.models import Case, Measure, MeasureKind


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    explanation: str
    done_at: datetime | None
    took: timedelta | None
    waits_for: str
    waits_since: datetime | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    steps: tuple[Step, ...]
    confirmed_at: datetime | None
    session_gone_after: timedelta | None  # from the report's arrival
    late_gateways: tuple[str, ...]


_EXPLANATIONS = {
    MeasureKind.KEY_WITHHELD: "Nobody gets the key to this box's recordings any more.",
    MeasureKind.CERTIFICATE_REVOKED: "The box can no longer prove who it is.",
    MeasureKind.SESSION_ENDED: "The box's tunnel is gone and it cannot build another.",
    MeasureKind.FIREWALL_CLOSED: "The box's address is blocked.",
}
# What has not been observed must not read as if it had.
_TO_BE_DONE = {
    MeasureKind.KEY_WITHHELD: "Disk key to be withheld",
    MeasureKind.CERTIFICATE_REVOKED: "Certificate to be revoked",
    MeasureKind.SESSION_ENDED: "Session to be ended",
    MeasureKind.FIREWALL_CLOSED: "Firewall to be closed",
}


def case_progress(case: Case, now: datetime) -> Progress:
    measures = list(case.measures.select_related("gateway__contact"))
    steps = [_step(case, measure) for measure in measures]
    steps.append(_told(case))
    gone = [measure.done_at for measure in measures if measure.kind == MeasureKind.SESSION_ENDED]
    times = [at for at in gone if at is not None]
    complete = bool(gone) and len(times) == len(gone)
    late = {
        str(measure.gateway)
        for measure in measures
        if not measure.done_at and now - case.opened_at > timedelta(seconds=30)
    }
    return Progress(
        steps=tuple(steps),
        confirmed_at=case.confirmed_at,
        session_gone_after=max(times) - case.received_at if complete else None,
        late_gateways=tuple(sorted(late)),
    )


def _step(case: Case, measure: Measure) -> Step:
    kind = MeasureKind(measure.kind)
    what = kind.label if measure.done_at else _TO_BE_DONE[kind]
    label = f"Gateway {measure.gateway}: {what.lower()}" if measure.gateway else what
    waits_for = ""
    if not measure.done_at and measure.gateway:
        contact = getattr(measure.gateway, "contact", None)
        last = f"last heard of at {contact.last_report_at:%H:%M:%S} UTC" if contact else "never heard of"
        waits_for = f"the report of gateway {measure.gateway}, {last}"
    return Step(
        label=label,
        # They speak of now, and a box that was given back may be in service again.
        explanation=_EXPLANATIONS[kind] if measure.done_at and not case.closed_at else "",
        done_at=measure.done_at,
        took=measure.done_at - case.received_at if measure.done_at else None,
        waits_for=waits_for,
        waits_since=None if measure.done_at else case.opened_at,
        detail=measure.detail,
    )


def _told(case: Case) -> Step:
    """From the outbox: told is who was sent the mail, not whom we meant to tell."""
    written_then = Mail.objects.filter(about=case.about, created_at__lt=case.opened_at + timedelta(seconds=5))
    # A cut that is confirmed at once has mails of its own; None was written before kinds were kept.
    mails = list(written_then.filter(Q(kind="case_opened") | Q(kind=None)).only("sent_at", "last_error").order_by("pk"))
    sent = [mail.sent_at for mail in mails if mail.sent_at]
    all_sent = bool(mails) and len(sent) == len(mails)
    errors = [mail.last_error for mail in mails if not mail.sent_at and mail.last_error]
    done_at = max(sent) if all_sent else None
    return Step(
        label="Provider and contacts told" if all_sent else "Provider and contacts to be told",
        explanation=f"By mail: {len(sent)} of {len(mails)} sent.",
        done_at=done_at,
        took=done_at - case.received_at if done_at else None,
        waits_for="" if all_sent else ("the mail server" if errors else "the worker that sends mails"),
        waits_since=None if all_sent else case.opened_at,
    )
