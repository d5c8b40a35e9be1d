"""The instances of nginx in front of the doors, from the same files that a production host uses."""

import os
import pwd
import re
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LaboratoryBroken
from lab.namespaces import Namespace
from lab.portal import CHECKOUT
from lab.process import Process
from lab.processes import Processes

TEMPLATES = CHECKOUT / "portal" / "deploy" / "nginx"
# In service each door's nginx has a user made for it. Debian has these two on every machine, and nothing else of ours
# runs as either, so nobody needs to be made.
USERS = {"people": "www-data", "machines": "proxy"}


@dataclass(frozen=True)
class Instance:
    """One nginx: the door that it stands at, where it listens and with what."""

    name: str  # of its logs and its process
    door: str  # `people` or `machines`
    listen: str
    certificates: Path
    sockets: Path

    @property
    def user(self) -> str:
        """As whom its workers run, when we are root."""
        return USERS[self.door]

    def health(self, directory: Path) -> str:
        """Where a machines' door that runs in `directory` says whether it is well: a socket, so no port is taken."""
        return f"unix:{directory}/health.sock"


def fill_in(template: str, values: Mapping[str, str]) -> str:
    """Replace every ${NAME}; an unknown name is an error, so that nothing is left empty by a slip."""

    def value_of(match: re.Match[str]) -> str:
        value = values[match[1]]
        if not re.fullmatch(r"[\w./:@,=-]+", value):
            raise LaboratoryBroken(f"{match[1]} holds what has a meaning of its own to nginx: {value!r}")
        return value

    directives = [line for line in template.splitlines() if not line.lstrip().startswith("#")]
    return re.sub(r"\$\{(NGINX_[A-Z_]+)\}", value_of, "\n".join(directives) + "\n")


def reserve_for_nginx(sockets: Path, door: str) -> None:
    """Let this door's nginx alone (and root) enter: what opens a socket is believed about who the client is."""
    user = pwd.getpwnam(USERS[door])
    os.chown(sockets, user.pw_uid, user.pw_gid)
    sockets.chmod(0o700)


def write_configuration(instance: Instance, *, directory: Path, logs: Path) -> Path:
    """Write nginx.conf into a directory and return its path."""
    certificates = instance.certificates
    values = {
        "NGINX_ERROR_LOG": str(logs / f"nginx-{instance.name}-error.log"),
        "NGINX_ACCESS_LOG": str(logs / f"nginx-{instance.name}-access.log"),
        "NGINX_SOCKET_DIRECTORY": str(instance.sockets),
        "NGINX_LISTEN": instance.listen,
        "NGINX_HEALTH_LISTEN": instance.health(directory),
        "NGINX_CERTIFICATE": str(certificates / "door.crt"),
        "NGINX_CERTIFICATE_KEY": str(certificates / "door.key"),
        "NGINX_MACHINES_CA": str(certificates / "ca.crt"),
        "NGINX_PAGES": str(directory),
    }
    shutil.copy(TEMPLATES / "common.conf", directory)
    write_pages(directory)
    path = directory / "nginx.conf"
    path.write_text(fill_in((TEMPLATES / f"{instance.door}.conf.template").read_text(), values))
    return path


def write_pages(directory: Path, call: str = "") -> None:
    """What nginx says where the portal answers nothing; `call` is the link with the number, if there is one."""
    frame = (TEMPLATES / "page-frame.html").read_text()
    for text in TEMPLATES.glob("people-*.html"):
        title, _, rest = text.read_text().partition("\n")
        page = frame.replace("${TITLE}", title).replace("${TEXT}", rest.rstrip("\n")).replace("${CALL}", call)
        (directory / text.name).write_text(page)


def start_nginx(
    instance: Instance, *, processes: Processes, directory: Path, logs: Path, host: Namespace | None
) -> Process:
    """Start one nginx in a namespace (or here) and wait until it listens. `directory` is its own alone."""
    configuration = write_configuration(instance, directory=directory, logs=logs)
    # One that was killed leaves it behind.
    (directory / "health.sock").unlink(missing_ok=True)
    command = ["nginx", "-p", str(directory), "-c", str(configuration), "-e", str(logs / "nginx-start.log")]
    if os.geteuid() == 0:
        command += ["-g", f"user {instance.user};"]
    process = processes.start(f"nginx-{instance.name}", host.enter(command) if host else command)
    processes.wait_for(
        lambda: _listens(host, instance.listen), of=process, what=f"nginx to listen at {instance.listen}"
    )
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
