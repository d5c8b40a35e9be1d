"""A people's door that really runs: its own state, demonstration data, and a stand-in for what happens outside."""

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.environments import PortalSettings, Secrets
from lab.fleet import Fleet
from lab.portal import CHECKOUT, Portal
from lab.processes import Processes
from lab.run_directory import RunDirectory

PROVIDER = "Lighthouse Security"


@dataclass(frozen=True)
class PeopleDoor:
    address: str
    fleet: Fleet
    mails: Path

    def password_of(self, email: str) -> str:
        return next(login.password for login in self.fleet.logins if login.email == email)


@dataclass(frozen=True)
class _NamedPortal(PortalSettings):
    pseudo_locale: str = ""

    def environment_of(self, process: str) -> dict[str, str]:
        named = {"NSMAAS_PROVIDER_NAME": PROVIDER, "NSMAAS_PSEUDO_LOCALE": self.pseudo_locale}
        return {**super().environment_of(process), **named}


def _free_port() -> int:
    """One that the kernel picks: several test runs start doors at the same moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def people_door(pseudo_locale: str = "") -> Iterator[PeopleDoor]:
    """Ends all that it started and removes all that it wrote, also after a failure.

    `pseudo_locale` is the folder of the made-up language, for a door that speaks it, too.
    """
    with ExitStack() as stack:
        directory = RunDirectory()
        stack.callback(directory.remove)
        processes = stack.enter_context(Processes(directory))
        state = directory.subdirectory("state", mode=0o700)
        port = _free_port()
        settings = _NamedPortal(
            state=state,
            secrets=Secrets(directory.subdirectory("secrets", mode=0o700)),
            database_url=f"sqlite:///{state / 'portal.sqlite3'}",
            broker_url="filesystem://",
            base_url=f"http://localhost:{port}",
            machines_door_url="https://127.0.0.1:8443",
            # A name, since browsers bind passkeys to none but names; `localhost` needs no TLS for it.
            allowed_hosts=("localhost", "127.0.0.1"),
            pseudo_locale=pseudo_locale,
        )
        sockets = directory.subdirectory("sockets", mode=0o700)
        portal = Portal(processes=processes, settings=settings, sockets=sockets, people_port=port)
        portal.create()
        fleet = portal.seed_demo()
        _start_story(portal, processes)
        portal.start_people()
        portal.wait_for_doors()
        yield PeopleDoor(settings.base_url, fleet, state / "mail")


def _start_story(portal: Portal, processes: Processes) -> None:
    """It signs certificates, so it runs with the signer's secrets.

    Its people decide before any of them has a second factor, whatever the door then demands.
    """
    story = processes.start(
        "story",
        [sys.executable, "-m", "tests.support.browser.story"],
        environment={**portal.settings.environment_of("signer"), "NSMAAS_SECOND_FACTOR": "offered"},
        cwd=CHECKOUT,
    )
    processes.wait_for(lambda: "told" in story.log.read_text(), of=story, what="the story to be told", timeout=60)


@pytest.fixture(scope="module")
def door(live: None) -> Iterator[PeopleDoor]:
    with people_door() as running:
        yield running
