"""The gateway's host as the package installs it: code, units, sysctl, its own environment."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.checkout import CHECKOUT
from tests.support.installation.bare_root import copy_root

PACKAGES = ("iproute2", "nftables", "openvpn", "python3", "systemd-sysv")
UNITS = CHECKOUT / "gateway" / "deploy" / "systemd"
DIRECTORY = "/var/lib/nsm-gateway"
# What the agent imports that is not its own, as it lies beside the interpreter of the tests.
NEEDED = ("cryptography", "cffi", "pycparser", "_cffi_backend*.so")


def install_gateway(root: Path) -> None:
    """On a copy of a bare Debian; nothing is enrolled, and what is enabled starts at the next boot."""
    root.mkdir()
    copy_root(PACKAGES, root)
    home = root / "usr/lib/nsm-gateway"
    shutil.copytree(CHECKOUT / "gateway", home / "gateway", ignore=shutil.ignore_patterns("__pycache__"))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert (root / f"usr/bin/python{version}").exists(), (
        "the agent's packages here are for another Python than Debian's"
    )
    packages = home / f".venv/lib/python{version}/site-packages"
    packages.mkdir(parents=True)
    (home / ".venv/bin").mkdir()
    (home / ".venv/bin/python").symlink_to("/usr/bin/python3")
    (home / ".venv/pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
    (packages / "nsm-gateway.pth").write_text("/usr/lib/nsm-gateway\n")
    here = Path(sys.prefix) / f"lib/python{version}/site-packages"
    for pattern in NEEDED:
        for found in here.glob(pattern):
            subprocess.run(["cp", "-a", str(found), str(packages)], check=True)
    command = root / "usr/sbin/nsm-gateway"
    command.write_text('#!/bin/sh\nexec /usr/lib/nsm-gateway/.venv/bin/python -I -m gateway "$@"\n')
    command.chmod(0o755)
    for unit in UNITS.iterdir():
        shutil.copy(unit, root / "usr/lib/systemd/system")
    shutil.copy(UNITS.parent / "nsm-gateway.sysctl.conf", root / "usr/lib/sysctl.d/nsm-gateway.conf")
    systemctl(root, "enable", "nftables.service", *(unit.name for unit in UNITS.iterdir()))


def systemctl(root: Path, *arguments: str) -> None:
    """On a host that is not running."""
    subprocess.run(["systemctl", f"--root={root}", "--quiet", *arguments], check=True, capture_output=True)
