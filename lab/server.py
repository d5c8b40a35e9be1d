"""`python -m lab.server`: the portal alone, for development. Its data stays in `.state` from run to run."""

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path

from lab.environments import PortalSettings, Secrets
from lab.errors import LaboratoryBroken
from lab.portal import CHECKOUT, Portal, free_port
from lab.processes import Processes
from lab.run_directory import RunDirectory
from lab.signals import AskedToEnd, signals_ignored, signals_raise
from lab.waiting import wait_until


def serve(*, state: Path, preferred_port: int) -> int:
    """Run the people's door with reload, signer, worker and beat until Ctrl-C; return the exit status."""
    stack = ExitStack()
    with signals_raise():
        try:
            directory = RunDirectory()
            stack.callback(directory.remove)
            processes = stack.enter_context(Processes(directory, aloud=True))
            portal = _make_portal(processes, directory, state, free_port(preferred_port))
            logins = _create_once(portal, state)
            portal.start_people(reload=True)
            portal.start_workers()
            portal.wait_for_doors()
            print(f"\nThe portal: {portal.settings.base_url}/   Ctrl-C ends it.")
            for email, password, role in logins:
                print(f"  {email:<34} {password:<24} {role}")
            sys.stdout.flush()
            ended = wait_until(processes.first_ended, what="Ctrl-C", timeout=float("inf"), interval=0.5)
            print(f"{ended.name} has ended by itself.")
        except AskedToEnd:
            return 0
        except LaboratoryBroken as error:
            print(error)
        finally:
            with signals_ignored():
                stack.close()
    return 1


def _make_portal(processes: Processes, directory: RunDirectory, state: Path, port: int) -> Portal:
    (state / "secrets").mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = PortalSettings(
        state=state,
        secrets=Secrets(state / "secrets"),
        database_url=f"sqlite:///{state / 'portal.sqlite3'}",
        broker_url="filesystem://",
        base_url=f"http://127.0.0.1:{port}",
        machines_door_url="https://127.0.0.1:8443",
        allowed_hosts=("127.0.0.1", "localhost"),
        debug=True,
    )
    sockets = directory.subdirectory("sockets", mode=0o700)
    return Portal(processes=processes, settings=settings, sockets=sockets, people_port=port)


def _create_once(portal: Portal, state: Path) -> list[tuple[str, str, str]]:
    """Make keys, authority and demonstration data on the first run; the logins are kept beside them."""
    kept = state / "logins.json"
    try:
        portal.create()
        fleet = None if kept.exists() else portal.seed_demo()
    except LaboratoryBroken as error:
        raise LaboratoryBroken(f"{error}\nTo start afresh, remove {state}.") from None
    if fleet:
        kept.touch(mode=0o600)
        kept.write_text(json.dumps([(login.email, login.password, login.role) for login in fleet.logins]))
    return [(email, password, role) for email, password, role in json.loads(kept.read_text())]


def main() -> int:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="script/server", description="The portal alone, for development.")
    parser.add_argument("--port", type=int, default=8000, help="on 127.0.0.1, or the next free one")
    arguments = parser.parse_args()
    return serve(state=CHECKOUT / ".state", preferred_port=arguments.port)


if __name__ == "__main__":
    sys.exit(main())
