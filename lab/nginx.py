"""nginx in front of both doors, from the same template that a production host uses."""

import os
import pwd
import re
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LaboratoryError
from lab.namespaces import Namespace
from lab.portal import CHECKOUT
from lab.process import Process
from lab.processes import Processes

TEMPLATE = CHECKOUT / "portal" / "deploy" / "nginx.conf.template"
USER = "www-data"


@dataclass(frozen=True)
class Doors:
    """Where nginx listens and with what."""

    people_listen: str
    machines_listen: str
    certificates: Path
    sockets: Path


def fill_in(template: str, values: Mapping[str, str]) -> str:
    """Replace every ${NAME}; an unknown name is an error, so that nothing is left empty by a slip."""

    def value_of(match: re.Match[str]) -> str:
        value = values[match[1]]
        if not re.fullmatch(r"[\w./:@-]+", value):
            raise LaboratoryError(f"{match[1]} holds what has a meaning of its own to nginx: {value!r}")
        return value

    directives = [line for line in template.splitlines() if not line.lstrip().startswith("#")]
    return re.sub(r"\$\{(NGINX_[A-Z_]+)\}", value_of, "\n".join(directives) + "\n")


def reserve_for_nginx(sockets: Path) -> None:
    """Let nginx alone (and root) enter: whoever opens a socket is believed about the client's certificate."""
    user = pwd.getpwnam(USER)
    os.chown(sockets, user.pw_uid, user.pw_gid)
    sockets.chmod(0o700)


def write_configuration(doors: Doors, *, directory: Path, logs: Path) -> Path:
    """Write nginx.conf into a directory and return its path."""
    certificates = doors.certificates
    values = {
        "NGINX_USER": USER,
        "NGINX_RUN_DIRECTORY": str(directory),
        "NGINX_LOG_DIRECTORY": str(logs),
        "NGINX_SOCKET_DIRECTORY": str(doors.sockets),
        "NGINX_PEOPLE_LISTEN": doors.people_listen,
        "NGINX_PEOPLE_CERTIFICATE": str(certificates / "door.crt"),
        "NGINX_PEOPLE_CERTIFICATE_KEY": str(certificates / "door.key"),
        "NGINX_MACHINES_LISTEN": doors.machines_listen,
        "NGINX_MACHINES_CERTIFICATE": str(certificates / "door.crt"),
        "NGINX_MACHINES_CERTIFICATE_KEY": str(certificates / "door.key"),
        "NGINX_MACHINES_CA": str(certificates / "ca.crt"),
    }
    path = directory / "nginx.conf"
    path.write_text(fill_in(TEMPLATE.read_text(), values))
    return path


def start_nginx(doors: Doors, *, processes: Processes, directory: Path, logs: Path, host: Namespace | None) -> Process:
    """Start nginx in a namespace (or here) and wait until both doors listen."""
    configuration = write_configuration(doors, directory=directory, logs=logs)
    command = ["nginx", "-c", str(configuration), "-e", str(logs / "nginx-error.log")]
    process = processes.start("nginx", host.enter(command) if host else command)
    listens = [doors.people_listen, doors.machines_listen]
    processes.wait_for(lambda: all(_listens(host, at) for at in listens), of=process, what="nginx to listen")
    return process


def _listens(host: Namespace | None, at: str) -> bool:
    if host is None:
        address, _, port = at.rpartition(":")
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex((address, int(port))) == 0
    command = host.enter(["ss", "--listening", "--tcp", "--numeric", "--no-header"])
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return at in listed
