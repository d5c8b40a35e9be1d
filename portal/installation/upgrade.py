"""`nsm-portal finish-upgrade`: what a new version asks for before its processes start. The package calls it."""

from portal.installation.manage import manage
from portal.installation.portal_state import portal_state
from portal.installation.refusals import CommandFailed, SetupRefused
from portal.installation.services import restart_after_upgrade


def finish_upgrade() -> int:
    """Raises SetupRefused if the database does not take the migrations; then nothing was restarted."""
    try:
        if state := portal_state().unapplied_migrations:
            print(f"nsm-portal: {len(state)} migrations: {', '.join(state)}", flush=True)
        manage("migrate", "--verbosity", "0", "--no-input")
        manage("set_up_database_roles")
    except CommandFailed as error:
        raise SetupRefused(
            f"{error}\nThe processes of the version before go on as they were, and nothing was restarted. Mend what it"
            " says, then run: dpkg --configure nsm-portal"
        ) from None
    restart_after_upgrade()
    return 0
