"""The gateway's certificate renews itself, as boxes' do: asked for after two thirds of its life, tried, put in place.

The pair before is kept, and put back if the portal knows the new one no more (it may have been restored from a backup).
OpenVPN reads its pair when it starts: until then it goes on with the one before, which is good for a third of a life.
"""

import datetime as dt
import fcntl
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.agent_directory import AgentDirectory
from gateway.atomic_files import write_atomically
from gateway.to_portal.certificate_pairs import (
    forget_next,
    forget_old,
    install_next,
    mend_pair,
    prepare_next,
    put_old_back,
)
from gateway.to_portal.certificates import (
    CertificateUnfit,
    check_certificate,
    days_left,
    part_of_life,
    sign_renewal,
)
from gateway.to_portal.enrolment_file import NotEnrolled, connect_machines_door, load_enrolment
from gateway.to_portal.portal_client import Answer, PortalUnreachable
from gateway.to_portal.portal_threads import Deliver, PortalThread, RenewalTold

log = logging.getLogger("gateway.renewal")

DUE_AFTER = 2 / 3
LOOK_SECONDS = 600.0
AFTER_REFUSAL_SECONDS = 6 * 3600.0
SIGNER_SECONDS = 120.0


class RenewalFailed(Exception):
    """The certificate in use stays in use. The text says why."""


class RenewalRefused(RenewalFailed):
    """By the portal: asking again at once is of no use."""


def renew(*, directory: AgentDirectory, seconds: float = SIGNER_SECONDS) -> None:
    """A new pair in the place of the present one. Raises RenewalFailed, NotEnrolled or OSError.

    May be interrupted anywhere and run again.
    """
    with _only_one(directory):
        mend_pair(directory)
        subject = load_enrolment(directory).subject
        csr = prepare_next(directory).decode()
        proof = sign_renewal(key=directory.key.read_bytes(), subject=subject, csr=csr)
        body = json.dumps({"csr": csr, "proof": proof}).encode()
        try:
            document = json.loads(_ask(directory, body, time.monotonic() + seconds).body)
            certificate, _ = check_certificate(
                certificate=document["certificate"].encode(),
                # The one that this gateway believes already: another authority is no matter of renewal.
                chain=directory.ca.read_bytes(),
                key=directory.next_key.read_bytes(),
                subject=subject,
            )
        except (ValueError, TypeError, KeyError, AttributeError, CertificateUnfit) as error:
            forget_next(directory)
            raise RenewalRefused(f"the portal's answer is faulty: {error}") from error
        write_atomically(directory.next_certificate, certificate, mode=0o644)
        if not _is_taken(directory, "next"):
            forget_next(directory)
            raise RenewalRefused("the portal does not take the new certificate")
        install_next(directory)
        log.info("the certificate was renewed; OpenVPN takes it when it is started again")


def go_back_if_refused(directory: AgentDirectory) -> bool:
    """Whether the pair before was put back, since the portal takes that, and not the present one."""
    with _only_one(directory):
        if not directory.old_key.exists():
            return False
        if _is_expired(directory):
            forget_old(directory)
            return False
        if _is_taken(directory, "present") or not _is_taken(directory, "old"):
            return False
        put_old_back(directory)
        log.warning("the portal does not know the renewed certificate; the one before was put back")
        return True


class CertificateRenewer(PortalThread):
    """Looks every ten minutes, on connections of its own."""

    def __init__(self, directory: AgentDirectory, deliver: Deliver) -> None:
        super().__init__("certificate-renewer", connect_machines_door(directory), deliver)
        self._directory = directory

    def work(self) -> None:
        while True:
            pause = LOOK_SECONDS
            try:
                go_back_if_refused(self._directory)
                if part_of_life(self._directory.certificate, dt.datetime.now(dt.UTC)) >= DUE_AFTER:
                    renew(directory=self._directory)
                self._deliver(RenewalTold(None))
            except RenewalRefused as error:
                pause = AFTER_REFUSAL_SECONDS
                self._deliver(RenewalTold(str(error)))
            except (RenewalFailed, CertificateUnfit, NotEnrolled, PortalUnreachable) as error:
                self._deliver(RenewalTold(str(error)))
            except OSError as error:
                self._deliver(RenewalTold(f"{error.filename or self._directory.root}: {error.strerror or error}"))
            time.sleep(pause)


def _ask(directory: AgentDirectory, body: bytes, deadline: float) -> Answer:
    client = connect_machines_door(directory)
    try:
        while True:
            try:
                answer = client.ask("POST", "/v1/gateway/certificate", body=body)
            except PortalUnreachable as error:
                raise RenewalFailed(f"the portal is out of reach: {error}") from error
            if answer.status == 201:
                return answer
            if answer.status in {400, 403}:
                forget_next(directory)
                raise RenewalRefused(f"the portal refused the renewal: {_reason(answer)}")
            pause = answer.retry_after(otherwise=2.0)
            if answer.status != 202 or time.monotonic() + pause > deadline:
                raise RenewalFailed(f"the portal answered {answer.status} to the renewal")
            time.sleep(pause)
    finally:
        client.close()


def _is_taken(directory: AgentDirectory, which: str) -> bool:
    """By the machines' door, in a call that changes nothing. Raises RenewalFailed if it cannot be asked."""
    client = connect_machines_door(directory, pair=which)
    try:
        answer = client.ask("GET", "/v1/gateway/tls-crypt-v2-key", media="*/*")
    except PortalUnreachable as error:
        raise RenewalFailed(f"the portal is out of reach: {error}") from error
    finally:
        client.close()
    if answer.status not in {200, 403}:
        raise RenewalFailed(f"the portal answered {answer.status}")
    return answer.status == 200


def _is_expired(directory: AgentDirectory) -> bool:
    try:
        return days_left(directory.old_certificate, dt.datetime.now(dt.UTC)) <= 0
    except CertificateUnfit:
        return True


def _reason(answer: Answer) -> str:
    try:
        reason = json.loads(answer.body)["reason"]
    except (ValueError, TypeError, KeyError, RecursionError):
        reason = None
    return reason[:80] if isinstance(reason, str) and reason.isprintable() else f"status {answer.status}"


@contextmanager
def _only_one(directory: AgentDirectory) -> Iterator[None]:
    """The agent's thread, and the command."""
    with directory.renewal_lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
