"""The gateway's host, as its package makes it of a bare Debian."""

import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.installation.built_packages import built_packages
from tests.support.installation.debian_root import host_root
from tests.support.installation.machine import ENVIRONMENT

DIRECTORY = "/var/lib/nsm-gateway"
PACKAGE = "/var/tmp/nsm-gateway.deb"


@contextmanager
def gateway_root(folder: Path) -> Iterator[Path]:
    """Of this machine's release; nothing is enrolled, and what the package turns on starts at the next boot."""
    release = platform.freedesktop_os_release()["VERSION_CODENAME"]
    deb = next(deb for deb in built_packages(release) if deb.name.startswith("nsm-gateway_"))
    with host_root(release, folder) as root:
        shutil.copy(deb, root / PACKAGE.lstrip("/"))
        done = subprocess.run(
            ["chroot", root, "sh", "-c", f"apt-get -qq update && apt-get -qq --yes install {PACKAGE}"],
            env={**ENVIRONMENT, "DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        systemctl(root, "enable", "nftables.service")
        yield root


def systemctl(root: Path, *arguments: str) -> None:
    """On a host that is not running."""
    subprocess.run(["systemctl", f"--root={root}", "--quiet", *arguments], check=True, capture_output=True)
