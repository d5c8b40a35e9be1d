"""`nsm-portal check`: what is not right on this host, and how to mend it."""

import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from portal.installation import acme, advisories, backups, door_certificates, places
from portal.installation.answers import ACME, Answers, read_file
from portal.installation.manage import manage
from portal.installation.programs import run, succeeds
from portal.installation.refusals import CommandFailed, SetupRefused
from portal.installation.services import lasting_units
from portal.installation.shown_certificate import shown_certificate
from portal.installation.steps import STEPS

_SOON, _URGENT, _VERY_SOON = timedelta(days=30), timedelta(days=14), timedelta(days=3)
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
    yield from acme.warnings(answers)
    yield from advisories.warnings()
    if not answers.provider_phone:
        yield (
            "No page and no mail says whom to call when a box is gone. Run nsm-portal setup --provider-phone NUMBER,"
            " with a number at which somebody answers day and night."
        )
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
    doors: list[tuple[str, str, int, Callable[[str, int], object]]] = [
        ("people's door", "127.0.0.1", 443, shown_certificate),
        ("machines' door for sensors", answers.machines_address, 8443, shown_certificate),
        ("machines' door for gateways", answers.machines_address, 8444, shown_certificate),
    ]
    if answers.certificate == ACME:
        doors.append(("people's door for the ACME server", "127.0.0.1", 80, _connect))
    for what, address, port, call in doors:
        if reason := _no_answer(address, port, call):
            yield f"The {what} does not answer at {address}:{port} ({reason}). See journalctl -u 'doors-nginx-*'."


def _connect(address: str, port: int) -> None:
    socket.create_connection((address, port), timeout=5).close()


def _no_answer(address: str, port: int, call: Callable[[str, int], object]) -> str:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            call(address, port)
        except OSError as error:
            if time.monotonic() > end:
                return str(error)
        else:
            return ""
        time.sleep(0.5)


def _certificates(answers: Answers) -> Iterator[str]:
    """A short one is told in its last third: an ACME server's lives for six days or for ninety."""
    by_acme = answers.certificate == ACME
    people = places.PEOPLE_PAIR if by_acme else door_certificates.PEOPLE
    new_one = "See journalctl -u nsm-portal-certificate" if by_acme else "Run nsm-portal setup with a new --certificate"
    for path, way_out in ((people, new_one), (door_certificates.MACHINES, "Run nsm-portal setup")):
        if path.exists() and (words := ending_words(*door_certificates.life_of(path), now=datetime.now(UTC))):
            yield f"{path} {words} {way_out}."


def ending_words(begin: datetime, end: datetime, *, now: datetime) -> str:
    """How soon, in words that grow as 30, 14 and 3 days are left; empty before."""
    left = end - now
    if left > min(_SOON, (end - begin) / 3):
        return ""
    if left <= timedelta(0):
        return f"has ended on {end:%Y-%m-%d}: browsers and boxes turn away."
    days = f"ends on {end:%Y-%m-%d}, in {left.days} days."
    if left <= _VERY_SOON:
        return f"{days} Then browsers and boxes turn away: today is the day to mend it."
    return f"{days} It is urgent." if left <= _URGENT else days


def _advisories(_answers: Answers) -> Iterator[str]:
    yield from advisories.faults()


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
    acme.faults,
    _newer,
    _advisories,
    _django,
    _backups,
)
