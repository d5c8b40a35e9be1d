"""/etc/nsmaas/portal.env: the settings of all processes that are no secrets, as systemd reads them."""

import re

from portal.installation import files, places
from portal.installation.answers import Answers
from portal.installation.refusals import SetupRefused

_MODE = 0o640
_LINE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")


def read_settings() -> dict[str, str]:
    """Raises SetupRefused for a line that systemd would read in another way, and if there is no such file."""
    if not places.SETTINGS.exists():
        raise SetupRefused(f"{places.SETTINGS} is not there: run nsm-portal setup first.")
    return parse(files.text_of(places.SETTINGS))


def parse(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith(("#", ";")):
            continue
        if not (match := _LINE.fullmatch(line.strip())) or "\\" in match[2]:
            raise SetupRefused(f"{places.SETTINGS}, line {number}: write NAME=VALUE, without a backslash.")
        value = match[2].strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        if '"' in value or "'" in value:
            raise SetupRefused(f"{places.SETTINGS}, line {number}: a value may stand in quotes, and hold none.")
        found[match[1]] = value
    return found


def wanted(answers: Answers) -> dict[str, str]:
    """An empty one takes a line away that an earlier answer put there."""
    return {
        "DATABASE_URL": answers.database,
        "CELERY_BROKER_URL": answers.broker,
        "NSMAAS_BASE_URL": f"https://{answers.name}",
        "NSMAAS_MACHINES_DOOR_URL": answers.machines_door_url,
        "NSMAAS_ALLOWED_HOSTS": ",".join([answers.name, *answers.machines_names]),
        "NSMAAS_PROVIDER_NAME": answers.provider_name,
        "NSMAAS_PROVIDER_PHONE": answers.provider_phone,
        "NSMAAS_EMAIL_HOST": answers.mail_host,
        "NSMAAS_EMAIL_PORT": answers.mail_port if answers.mail_host else "",
        "NSMAAS_EMAIL_TLS": "1" if answers.mail_host and answers.mail_tls == "yes" else "",
        "NSMAAS_EMAIL_FROM": answers.mail_from,
    }


def missing(answers: Answers) -> list[str]:
    there = parse(files.text_of(places.SETTINGS))
    differing = [name for name, value in wanted(answers).items() if there.get(name, "") != value]
    if differing:
        return [f"write {', '.join(differing)} to {places.SETTINGS}"]
    return [] if files.is_so(places.SETTINGS, files.text_of(places.SETTINGS), _MODE) else ["set the file's mode"]


def mend(answers: Answers) -> None:
    """Settings that somebody has added are left as they are."""
    files.make_folder(places.CONFIGURATION, 0o755)
    named = wanted(answers)
    text = files.text_of(places.SETTINGS) or "# Settings of all processes that are no secrets: docs/contracts.md.\n"
    kept = [line for line in text.splitlines() if line.partition("=")[0].strip() not in named]
    lines = [*kept, *(f"{name}={value}" for name, value in named.items() if value)]
    files.write(places.SETTINGS, "\n".join(lines) + "\n", _MODE)
