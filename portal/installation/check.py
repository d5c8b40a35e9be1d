"""`nsm-portal check`: what is not right on this host, and how to mend it."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from portal.installation import backups, door_certificates, places
from portal.installation.answers import Answers, read_file
from portal.installation.manage import manage
from portal.installation.programs import run, succeeds
from portal.installation.refusals import CommandFailed, SetupRefused
from portal.installation.services import lasting_units
from portal.installation.steps import STEPS

_SOON = timedelta(days=30)
_PACKAGE = "nsm-portal"
_PATIENCE = 30  # seconds until a door that was just started answers


def check(*, aloud: bool) -> int:
    """0 if all is well. Otherwise each fault on a line of its own, and 1. Raises SetupRefused before a setup.

    What nobody has asked for is a warning, and no fault: a trial may do without it.
    """
    if not places.ANSWERS.exists():
        raise SetupRefused(f"{places.ANSWERS} is not there: run nsm-portal setup first.")
    answers = Answers(**read_file(places.ANSWERS))
    faults = [fault for look in _LOOKS for fault in look(answers)]
    warnings = list(_warnings(answers))
    for warning in warnings if aloud else []:
        print(f"WARNING: {warning}", flush=True)
    for fault in faults:
        print(f"NOT RIGHT: {fault}", flush=True)
    if aloud and not faults:
        print(f"{'Apart from that: ' if warnings else ''}All is as it should be.", flush=True)
    return 1 if faults else 0


def _steps(answers: Answers) -> Iterator[str]:
    for step in STEPS:
        try:
            for line in step.missing(answers):
                yield f"{step.name}: {line}. Run nsm-portal setup."
        except SetupRefused as error:
            yield f"{step.name}: {error}"


def _warnings(answers: Answers) -> Iterator[str]:
    try:
        yield from backups.shortcomings(answers)
    except SetupRefused:
        return  # The database cannot be asked: a fault that is told above.


def _backups(answers: Answers) -> Iterator[str]:
    try:
        yield from backups.faults(answers)
    except SetupRefused as error:
        yield f"Whether there are backups is not known: {error}"


def _processes(_answers: Answers) -> Iterator[str]:
    for unit in lasting_units():
        if not succeeds("systemctl", "is-active", "--quiet", unit):
            yield f"{unit} does not run. See journalctl -u {unit}, then systemctl restart {unit}."


def _django(_answers: Answers) -> Iterator[str]:
    try:
        manage("check", "--database", "default", "--deploy", "--fail-level", "ERROR")
    except CommandFailed as error:
        yield str(error)


def _doors(answers: Answers) -> Iterator[str]:
    for what, address, port in (
        ("people's door", "127.0.0.1", 443),
        ("machines' door for sensors", answers.machines_address, 8443),
        ("machines' door for gateways", answers.machines_address, 8444),
    ):
        if reason := _no_tls(address, port):
            yield f"The {what} does not answer at {address}:{port} ({reason}). See journalctl -u 'doors-nginx-*'."


def _no_tls(address: str, port: int) -> str:
    """Who is there is not the question here: clients look at the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            with socket.create_connection((address, port), timeout=5) as plain, context.wrap_socket(plain):
                return ""
        except OSError as error:
            if time.monotonic() > end:
                return str(error)
        time.sleep(0.5)


def _certificates(_answers: Answers) -> Iterator[str]:
    for path in (door_certificates.PEOPLE, door_certificates.MACHINES):
        if path.exists() and (end := door_certificates.expiry_of(path)) - datetime.now(UTC) < _SOON:
            yield f"{path} ends on {end:%Y-%m-%d}. Run nsm-portal setup, for people with a new --certificate."


def _limits(_answers: Answers) -> Iterator[str]:
    try:
        run("nft", "list", "table", "inet", "nsmaas_portal")
    except CommandFailed:
        yield "The doors' limits are not in the firewall. Run systemctl start doors-nftables, and see its journal."


def _newer(_answers: Answers) -> Iterator[str]:
    """What apt has heard of: with each version come the bundled libraries' mended ones."""
    said = dict(
        line.strip().split(": ", 1) for line in run("apt-cache", "policy", _PACKAGE).splitlines() if ": " in line
    )
    if said.get("Candidate", "") != said.get("Installed", ""):
        yield f"{_PACKAGE} {said['Candidate']} is there, {said['Installed']} is installed. Run apt upgrade."


_LOOKS: tuple[Callable[[Answers], Iterator[str]], ...] = (
    _steps,
    _processes,
    _doors,
    _limits,
    _certificates,
    _newer,
    _django,
    _backups,
)
