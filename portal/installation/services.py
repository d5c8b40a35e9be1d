"""The units: on at each boot, running now, and running with what the files say now."""

import hashlib
from pathlib import Path

from portal.installation import files, places
from portal.installation.answers import Answers
from portal.installation.programs import run, succeeds
from portal.installation.refusals import CommandFailed, SetupRefused

# What each process was started with. The answers are in the other files.
_READ_AT_START = (places.SETTINGS, places.NGINX, places.DOOR, places.SECRETS, places.FIREWALL, places.UNITS)
_OURS = ("nsmaas-*", "doors-*", "nsm-portal-*")
_DEBIANS_SITES = Path("/etc/nginx/sites-enabled")


def missing(_answers: Answers) -> list[str]:
    found = [
        f"turn on {unit}" for unit in installed_units() if not succeeds("systemctl", "is-enabled", "--quiet", unit)
    ]
    found += [f"start {unit}" for unit in lasting_units() if not succeeds("systemctl", "is-active", "--quiet", unit)]
    if not found and files.text_of(places.RUNNING).strip() != _digest():
        found.append("restart the processes, which were started with other settings")
    if _debians_nginx_is_in_the_way():
        found.append("turn off Debian's own nginx, which only shows its welcome page")
    return found


def mend(_answers: Answers) -> None:
    if _debians_nginx_is_in_the_way():
        run("systemctl", "disable", "--now", "--quiet", "nginx")
    digest = _digest()
    run("systemctl", "daemon-reload")
    run("systemctl", "enable", "--quiet", *installed_units())
    run("systemctl", "reset-failed")
    try:
        # What is new is started, and what runs is given its new settings.
        _restart(installed_units())
    except CommandFailed:
        raise SetupRefused(_why_not()) from None
    if down := [unit for unit in lasting_units() if not succeeds("systemctl", "is-active", "--quiet", unit)]:
        raise SetupRefused(_why_not(*down))
    files.write(places.RUNNING, digest + "\n", 0o600)


def restart_after_upgrade() -> None:
    """Only what is on: somebody may have turned a process off on purpose, or run it on another host."""
    run("systemctl", "daemon-reload")
    enabled = [unit for unit in installed_units() if succeeds("systemctl", "is-enabled", "--quiet", unit)]
    if enabled:
        _restart(enabled)
    files.write(places.RUNNING, _digest() + "\n", 0o600)


def _restart(units: list[str]) -> None:
    """Sockets stay open meanwhile: who calls waits for the new process, and no port is lost to the old one."""
    sockets = [unit for unit in units if unit.endswith(".socket")]
    if sockets:
        run("systemctl", "start", *sockets)
    run("systemctl", "restart", *(unit for unit in units if unit not in sockets))


def installed_units() -> list[str]:
    """Those that are to be on: they say what wants them."""
    units = (path for pattern in _OURS for path in places.UNITS.glob(pattern) if path.is_file())
    return sorted(path.name for path in units if "\n[Install]\n" in files.text_of(path))


def lasting_units() -> list[str]:
    """Those that run until they are told to end."""
    return [unit for unit in installed_units() if "Type=oneshot" not in files.text_of(places.UNITS / unit)]


def _why_not(*units: str) -> str:
    """The last words of the first one that does not run."""
    bad = units or tuple(unit for unit in installed_units() if succeeds("systemctl", "is-failed", "--quiet", unit))
    if not bad:
        return "systemd could not start the units: see systemctl --failed"
    said = run("journalctl", "--unit", bad[0], "--lines", "8", "--output", "cat", "--no-pager")
    return f"{', '.join(bad)} does not run. The last words of {bad[0]}:\n{said.strip()}"


def _debians_nginx_is_in_the_way() -> bool:
    """Somebody's own site on it is left alone: a port that both want shows when ours starts."""
    sites = {path.name for path in _DEBIANS_SITES.glob("*")} if _DEBIANS_SITES.is_dir() else set()
    return sites <= {"default"} and succeeds("systemctl", "is-enabled", "--quiet", "nginx")


def _digest() -> str:
    """Of the content of every file that a process reads when it starts."""
    made = hashlib.sha256()
    for place in _READ_AT_START:
        for path in sorted([place, *place.rglob("*")]):
            is_ours = place != places.UNITS or any(part.startswith(("nsmaas-", "doors-")) for part in path.parts)
            # Read again while it runs, by who changes it.
            is_ours = is_ours and not path.name.startswith(places.PEOPLE_PAIR.name)
            if path.is_file() and is_ours:
                made.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()
