"""A bare Debian, of this machine's release or another, made once for each list of packages, outside the repository."""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
SECONDS = 900


def root_with(packages: Iterable[str], *, release: str = "") -> Path:
    """Not to be changed. Made again when release or packages change; two at once wait for one another."""
    release = release or platform.freedesktop_os_release()["VERSION_CODENAME"]
    listed = ",".join(sorted(packages))
    name = f"root-{release}-{hashlib.sha256(listed.encode()).hexdigest()[:12]}"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nsmaas"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        root = cache / name
        if not root.exists():
            _make(root.with_suffix(".new"), release, listed)
            root.with_suffix(".new").rename(root)
    return root


def _make(folder: Path, release: str, packages: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    found = re.search(r"^URIs: *(\S+)", SOURCES.read_text(), re.M) if SOURCES.exists() else None
    command = ["debootstrap", "--variant=minbase", f"--include={packages}", release, str(folder)]
    done = subprocess.run(
        [*command, *([found[1]] if found else [])], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        raise RuntimeError(f"debootstrap: {done.stdout[-2000:]}{done.stderr[-500:]}")
    for archive in (folder / "var/cache/apt/archives").glob("*.deb"):
        archive.unlink()
