"""The secrets in /etc/nsmaas/secrets: random ones, each once. One that the database rests on is never made again."""

import secrets

from portal.installation import files, places
from portal.installation.answers import Answers
from portal.installation.manage import manage
from portal.installation.portal_state import PortalState, portal_state
from portal.installation.refusals import SetupRefused

_RANDOM = (places.SECRET_KEY, places.CA_PASSPHRASE)
_ALL = (*_RANDOM, places.KEY_ENCRYPTION_KEY)


def missing(_answers: Answers) -> list[str]:
    return [f"make {path}" for path in _ALL if not path.exists()]


def mend(_answers: Answers) -> None:
    """Raises SetupRefused where the database holds what only the lost secret opens: a copy of it must be put back."""
    state = portal_state()
    for path in _ALL:
        if path.exists():
            continue
        if why := _needed_for(path.name, state):
            raise SetupRefused(f"{path} is lost, and {why}. Put the copy of it back there, then run this again.")
        if path in _RANDOM:
            files.write(path, secrets.token_urlsafe(48) + "\n", 0o600)
        else:
            manage("create_key_encryption_key", str(path))


def _needed_for(name: str, state: PortalState) -> str:
    if name == places.KEY_ENCRYPTION_KEY.name and state.key_encryption_keys:
        return f"the disk keys are sealed under it (it has the id {', '.join(state.key_encryption_keys)})"
    if name == places.SECRET_KEY.name and state.second_factors:
        return "the second factors are sealed under it"
    if name == places.CA_PASSPHRASE.name and places.CA_KEY.exists():
        return f"{places.CA_KEY} is encrypted under it"
    return ""
