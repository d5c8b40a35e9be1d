"""nginx of each door, from the templates that are shipped."""

import re
from collections.abc import Mapping
from pathlib import Path

from portal.installation import files, places
from portal.installation.answers import ACME, Answers
from portal.installation.door_pages import door_pages
from portal.installation.refusals import SetupRefused

_TEMPLATES = places.DEPLOY / "nginx"
_COMMON = "common.conf"
# Included by the people's, where it is there.
_CHALLENGE = places.NGINX / "challenge.conf"
# Without TLS, for who watches on this host.
_HEALTH = {"sensors": "127.0.0.1:9081", "gateways": "127.0.0.1:9082"}
_VALUE = re.compile(r"[\w./:@,=-]+")


def missing(answers: Answers) -> list[str]:
    wanted = _wanted(answers)
    found = [f"write {path}" for path, text in wanted.items() if not files.is_so(path, text, 0o644)]
    if _CHALLENGE not in wanted and _CHALLENGE.exists():
        found.append(f"take {_CHALLENGE} away, so that nobody listens at port 80")
    return found


def mend(answers: Answers) -> None:
    files.make_folder(places.NGINX, 0o755)
    wanted = _wanted(answers)
    for path, text in wanted.items():
        files.write(path, text, 0o644)
    if _CHALLENGE not in wanted:
        _CHALLENGE.unlink(missing_ok=True)


def _wanted(answers: Answers) -> dict[Path, str]:
    """The folder holds what a door listens at, and no secret."""
    machines = answers.machines_address
    doors = {
        "people": ("people", "443"),
        "sensors": ("machines", f"{machines}:8443"),
        "gateways": ("machines", f"{machines}:8444"),
    }
    wanted = {places.NGINX / _COMMON: files.text_of(_TEMPLATES / _COMMON)}
    for door, (template, listen) in doors.items():
        text = files.text_of(_TEMPLATES / f"{template}.conf.template")
        wanted[places.NGINX / f"{door}.conf"] = fill_in(text, _values(door, listen) | _pair(door, answers))
    wanted |= door_pages(phone=answers.provider_phone, folder=places.NGINX)
    if answers.certificate == ACME:
        text = files.text_of(_TEMPLATES / f"{_CHALLENGE.name}.template")
        values = {"NGINX_NAME": answers.name, "NGINX_CHALLENGES": str(places.CHALLENGES)}
        wanted[_CHALLENGE] = fill_in(text, values | {"NGINX_CHALLENGE_LISTEN": "80"})
    return wanted


def _pair(door: str, answers: Answers) -> dict[str, str]:
    """What systemd hands out at the start stays so to the end. A pair that changes by itself is read where it is."""
    if door != "people" or answers.certificate != ACME:
        return {}
    return dict.fromkeys(("NGINX_CERTIFICATE", "NGINX_CERTIFICATE_KEY"), str(places.PEOPLE_PAIR))


def _values(door: str, listen: str) -> dict[str, str]:
    credentials = f"/run/credentials/doors-nginx-{door}.service"
    return {
        "NGINX_ERROR_LOG": "stderr",
        "NGINX_ACCESS_LOG": f"syslog:server=unix:/dev/log,nohostname,tag=door_{door}",
        "NGINX_SOCKET_DIRECTORY": "/run/nsmaas-doors",
        "NGINX_LISTEN": listen,
        "NGINX_HEALTH_LISTEN": _HEALTH.get(door, ""),
        "NGINX_CERTIFICATE": f"{credentials}/certificate",
        "NGINX_CERTIFICATE_KEY": f"{credentials}/certificate-key",
        "NGINX_MACHINES_CA": f"{credentials}/ca",
        "NGINX_PAGES": str(places.NGINX),
    }


def fill_in(template: str, values: Mapping[str, str]) -> str:
    """Every ${NAME} in capitals, so that nginx's own $variables survive. Raises SetupRefused, KeyError."""

    def value_of(match: re.Match[str]) -> str:
        value = values[match[1]]
        if not _VALUE.fullmatch(value):
            raise SetupRefused(f"{match[1]} holds what has a meaning of its own to nginx: {value!r}")
        return value

    directives = [line for line in template.splitlines() if not line.lstrip().startswith("#")]
    return re.sub(r"\$\{(NGINX_[A-Z_]+)\}", value_of, "\n".join(directives) + "\n")
