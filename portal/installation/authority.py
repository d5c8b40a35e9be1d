"""The certificate authority of sensors, gateways and the machines' door."""

from portal.installation import places
from portal.installation.answers import Answers
from portal.installation.manage import manage
from portal.installation.portal_state import forget, portal_state
from portal.installation.refusals import SetupRefused

NAME = "underlay"
# Until its row is there: what a crash leaves under this name has signed nothing.
_UNFINISHED = places.CA_KEY.with_name("ca.key.new")


def missing(_answers: Answers) -> list[str]:
    try:
        state = portal_state()
    except SetupRefused:
        return ["make the authority"]
    if state.authority and places.CA_KEY.exists():
        return []
    return [f"make the authority {NAME}, whose key goes to {places.CA_KEY}"]


def mend(answers: Answers) -> None:
    """Raises SetupRefused where one half is lost: nobody else can make it again."""
    state = portal_state()
    if places.CA_KEY.exists():
        raise SetupRefused(
            f"{places.CA_KEY} is there, but the database knows of no authority: it is another database, or an older"
            " one. Restore it first (docs: operators/restore.md)."
        )
    if state.authority and not _UNFINISHED.exists():
        raise SetupRefused(
            f"The database has the authority {state.authority!r}, but its key is not in {places.CA_KEY}: put the copy"
            " of it back there."
        )
    if not state.authority:
        _UNFINISHED.unlink(missing_ok=True)
        manage(
            *("create_authority", NAME, "--common-name", f"{answers.provider_name} underlay"),
            NSMAAS_CA_KEY_FILE=str(_UNFINISHED),
        )
    _UNFINISHED.rename(places.CA_KEY)
    forget()
