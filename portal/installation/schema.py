"""The tables, and the rights of each process on them."""

from portal.installation.answers import Answers
from portal.installation.manage import manage
from portal.installation.portal_state import forget, portal_state
from portal.installation.refusals import SetupRefused


def missing(_answers: Answers) -> list[str]:
    try:
        state = portal_state()
    except SetupRefused:
        return ["make the tables and the processes' rights on them"]
    found = []
    if state.unapplied_migrations:
        found.append(f"apply {len(state.unapplied_migrations)} migrations")
    if state.rights_that_differ:
        found.append(f"set {state.rights_that_differ} rights of the processes")
    return found


def mend(_answers: Answers) -> None:
    manage("migrate", "--verbosity", "0", "--no-input")
    manage("set_up_database_roles")
    forget()
