"""What this machine can do for the laboratory."""

import os
import shutil
import subprocess
from pathlib import Path


def has_program(name: str) -> bool:
    """Tell whether a program is installed, also where Debian hides it from ordinary users."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return shutil.which(name, path=path) is not None


def has_device_mapper() -> bool:
    """Tell whether the kernel can open encrypted volumes (dm-crypt)."""
    return Path("/dev/mapper/control").exists()


def reasons_against_network() -> list[str]:
    """Return why gateways and sensors cannot run here; empty when they can."""
    if os.geteuid() != 0:
        return ["not root"]
    if not Path("/dev/net/tun").exists():
        return ["no /dev/net/tun"]
    missing = [name for name in _NETWORK_PROGRAMS if not has_program(name)]
    if missing:
        return [f"not installed: {', '.join(missing)}"]
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, text=True, check=False)
    return [f"no network namespaces: {tried.stderr.strip()}"] if tried.returncode else []


_NETWORK_PROGRAMS = ("ip", "nft", "nsenter", "openvpn", "cryptsetup", "nginx", "curl", "openssl", "ping")
