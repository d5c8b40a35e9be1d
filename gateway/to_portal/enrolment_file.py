"""gateway.json: who this gateway is and where its machines' door is."""

import json
import re
import ssl
from dataclasses import dataclass

from gateway.agent_directory import AgentDirectory
from gateway.atomic_files import read_if_there, write_atomically
from gateway.state.desired_state import SUBJECT
from gateway.to_portal.portal_client import PortalClient, make_tls_context

# Not what urlsplit takes, which drops line ends without a word. No path: the calls bring their own.
DOOR = re.compile(
    r"https://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::([1-9][0-9]{0,4}))?/?"
)


class NotEnrolled(Exception):
    """The text says what is missing."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    subject: str
    machines_door_url: str


def check_enrolment(subject: object, url: object) -> Enrolment:
    """Raises ValueError."""
    if not isinstance(subject, str) or not SUBJECT.fullmatch(subject) or not subject.startswith("g-"):
        raise ValueError("the subject is not a gateway's name")
    found = DOOR.fullmatch(url) if isinstance(url, str) else None
    if found is None or int(found[1] or 443) > 65535:
        raise ValueError("the machines' door is not an address of the form https://HOST[:PORT]")
    return Enrolment(subject, found[0])


def save_enrolment(directory: AgentDirectory, enrolment: Enrolment) -> None:
    document = {"subject": enrolment.subject, "machines_door_url": enrolment.machines_door_url}
    write_atomically(directory.enrolment, json.dumps(document).encode(), mode=0o644)


def load_enrolment(directory: AgentDirectory) -> Enrolment:
    """Raises NotEnrolled."""
    content = read_if_there(directory.enrolment)
    if content is None:
        raise NotEnrolled(f"{directory.enrolment} is missing: run `python -m gateway enrol` first")
    try:
        document = json.loads(content)
        return check_enrolment(document["subject"], document["machines_door_url"])
    except (ValueError, TypeError, KeyError) as error:
        raise NotEnrolled(f"{directory.enrolment} is damaged: run `python -m gateway enrol` again") from error


def connect_machines_door(directory: AgentDirectory, *, pair: str = "present") -> PortalClient:
    """A client that proves itself with the gateway's certificate, read again for each connection: it is renewed.

    `pair` may also be "next" or "old". Raises NotEnrolled.
    """
    enrolment = load_enrolment(directory)
    certificate, key = {
        "present": (directory.certificate, directory.key),
        "next": (directory.next_certificate, directory.next_key),
        "old": (directory.old_certificate, directory.old_key),
    }[pair]
    for path in (directory.ca, certificate, key):
        if not path.exists():
            raise NotEnrolled(f"{path} is missing: run `python -m gateway enrol` again")

    def context() -> ssl.SSLContext:
        return make_tls_context(ca_file=directory.ca, certificate=certificate, key=key)

    try:
        context()
    except OSError as error:
        raise NotEnrolled("certificate, key and ca.crt do not fit together or cannot be read") from error
    return PortalClient(enrolment.machines_door_url, context)
