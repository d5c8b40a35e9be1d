"""`python -m gateway enrol`: turns a one-time code into a certificate. The private key is made here and stays here.

May be run again after any interruption: key and CSR made before are used again, so the portal sees the same request
and gives the same answer.
"""

import base64
import binascii
import json
import re
import time
from functools import partial
from pathlib import Path

from gateway.agent_directory import AgentDirectory
from gateway.atomic_files import read_if_there, write_atomically
from gateway.to_portal.certificates import CertificateUnfit, check_certificate, key_to_pem, make_csr, make_key
from gateway.to_portal.enrolment_file import (
    Enrolment,
    check_enrolment,
    connect_machines_door,
    load_enrolment,
    save_enrolment,
)
from gateway.to_portal.portal_client import Answer, PortalClient, PortalUnreachable, make_tls_context

PAUSE_SECONDS = 2.0
# One PEM block of 1024 bits (OpenVPN's doc/tls-crypt-v2.txt) and nothing beside it.
TLS_CRYPT_KEY = re.compile(
    rb"-----BEGIN OpenVPN tls-crypt-v2 server key-----\n"
    rb"((?:[A-Za-z0-9+/]{1,76}={0,2}\n)+)"
    rb"-----END OpenVPN tls-crypt-v2 server key-----\n"
)
TLS_CRYPT_KEY_BYTES = 128
TRY_AGAIN = frozenset({429, 500, 502, 503, 504})


class EnrolmentRefused(Exception):
    """The portal said no for good; the text holds its reason, never the code."""


class EnrolmentUnfinished(Exception):
    """Time is up. Nothing is lost: run the same command again."""


class AlreadyEnrolled(Exception):
    """All is here; `new_key` starts again."""


def enrol(
    *,
    directory: AgentDirectory,
    portal: str,
    ca_file: Path | None,
    code: str,
    seconds: float,
    with_new_key: bool,
) -> Enrolment:
    """Raises the errors above, OSError, and ValueError for an address that is none."""
    deadline = time.monotonic() + seconds
    directory.prepare()
    if with_new_key:
        for path in (directory.enrolment, directory.tls_crypt_key, directory.certificate, directory.csr):
            path.unlink(missing_ok=True)
    if not directory.enrolment.exists():
        client = PortalClient(portal, partial(make_tls_context, ca_file=ca_file))
        body = json.dumps({"code": code, "csr": _prepare_csr(directory)}).encode()
        answer = _ask_until(client, "POST", "/api/v1/enrol", body, ready=201, deadline=deadline)
        _store(directory, answer)
    elif directory.tls_crypt_key.exists():
        raise AlreadyEnrolled("this gateway is enrolled already; --new-key starts again")
    _collect_tls_crypt_key(directory, deadline)
    return load_enrolment(directory)


def _prepare_csr(directory: AgentDirectory) -> str:
    """An ECDSA signature differs each time, so the CSR is kept as well as the key."""
    csr = read_if_there(directory.csr)
    if csr is None or read_if_there(directory.key) is None:
        key = make_key()
        csr = make_csr(key)
        # A key without its CSR is made again, a CSR without its key never exists.
        directory.csr.unlink(missing_ok=True)
        write_atomically(directory.key, key_to_pem(key), mode=0o600)
        write_atomically(directory.csr, csr, mode=0o600)
    return csr.decode()


def _ask_until(
    client: PortalClient, method: str, path: str, body: bytes | None, *, ready: int, deadline: float
) -> Answer:
    """Repeats the same request while the portal says "not yet" or is out of reach."""
    last = "no answer yet"
    while (left := deadline - time.monotonic()) > 0:
        pause = PAUSE_SECONDS
        try:
            answer = client.ask(method, path, body=body, seconds=min(15.0, left), media="*/*")
        except PortalUnreachable as error:
            last = str(error)
        else:
            if answer.status == ready:
                return answer
            if answer.status != 202 and answer.status not in TRY_AGAIN:
                raise EnrolmentRefused(f"the portal refused: {_reason(answer)}")
            last = f"the portal answered {answer.status}"
            pause = answer.retry_after(otherwise=PAUSE_SECONDS)
        time.sleep(max(0.0, min(pause, deadline - time.monotonic())))
    raise EnrolmentUnfinished(f"not finished in time ({last}); run the same command again")


def _reason(answer: Answer) -> str:
    try:
        document = json.loads(answer.body)
        words = [str(document[name])[:200] for name in ("reason", "detail") if document.get(name)]
    except (ValueError, AttributeError, RecursionError):
        words = []
    text = ": ".join(words) or f"status {answer.status}"
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _store(directory: AgentDirectory, answer: Answer) -> None:
    """gateway.json comes last: with it the enrolment counts as done."""
    try:
        document = json.loads(answer.body)
        if document["kind"] != "gateway":
            raise EnrolmentRefused("this code is not for a gateway")
        enrolment = check_enrolment(document["subject"], document["machines_door_url"])
        certificate, chain = check_certificate(
            certificate=document["certificate"].encode(),
            chain=document["chain"].encode(),
            key=directory.key.read_bytes(),
            subject=enrolment.subject,
        )
    except (ValueError, TypeError, KeyError, AttributeError, CertificateUnfit) as error:
        raise EnrolmentRefused(f"the portal's answer is faulty: {error}") from error
    write_atomically(directory.ca, chain, mode=0o644)
    write_atomically(directory.certificate, certificate, mode=0o644)
    save_enrolment(directory, enrolment)


def _collect_tls_crypt_key(directory: AgentDirectory, deadline: float) -> None:
    client = connect_machines_door(directory)
    answer = _ask_until(client, "GET", "/v1/gateway/tls-crypt-v2-key", None, ready=200, deadline=deadline)
    if not _is_tls_crypt_key(answer.body):
        raise EnrolmentRefused("the machines' door sent something else than a tls-crypt-v2 server key")
    write_atomically(directory.tls_crypt_key, answer.body, mode=0o600)


def _is_tls_crypt_key(body: bytes) -> bool:
    found = TLS_CRYPT_KEY.fullmatch(body)
    try:
        return found is not None and len(base64.b64decode(found[1].replace(b"\n", b""), validate=True)) == (
            TLS_CRYPT_KEY_BYTES
        )
    except binascii.Error:
        return False
