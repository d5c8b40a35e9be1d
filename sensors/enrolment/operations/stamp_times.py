"""The signer tells boxes whose clock is wrong what time it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pki.authority.operations.answer_time_queries import answer_time_queries
from pki.authority.operations.issue_time_signer import SUBJECT, issue_time_signer
from pki.authority.signers import configured_signer
from pki.authority.time_stamps import TimeSigner
from pki.models import Authority
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_provider_audit

# Half of its certificate's life: a new key once or twice a day, if anybody asks at all.
_USED_FOR = timedelta(hours=12)


@dataclass(frozen=True)
class _Current:
    """Which authority's it is, until when, and the key itself, which is nowhere but here."""

    authority: bytes
    until: datetime
    signer: TimeSigner

    def serves(self, authority: Authority, now: datetime) -> bool:
        return self.authority == bytes(authority.certificate_der) and now < self.until <= now + _USED_FOR


_kept: list[_Current] = []


def stamp_times(*, now: datetime) -> int:
    """How many were told. Raises SignerUnavailable in a process that was not given the CA's key."""
    used = list(_kept)
    answered = answer_time_queries(time_signer=lambda: _time_signer(used, now), now=now)
    # Only now is a new one on record.
    _kept[:] = used
    return answered


def _time_signer(used: list[_Current], now: datetime) -> TimeSigner:
    """The last one that was used, or a new one in its place."""
    authority = Authority.objects.current()
    if not used or not used[0].serves(authority, now):
        made = issue_time_signer(authority=authority, signer=configured_signer(), now=now)
        used[:] = [_Current(bytes(authority.certificate_der), now + _USED_FOR, made)]
        _record(made)
    return used[0].signer


def _record(made: TimeSigner) -> None:
    certificate = made.certificate
    record_provider_audit(
        actor=Actor.process("signer"),
        action=AuditAction.CERTIFICATE_ISSUE,
        subject=f"authority:{SUBJECT}",
        details={"serial": str(certificate.serial_number), "not_after": certificate.not_valid_after_utc.isoformat()},
    )
