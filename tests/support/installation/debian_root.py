"""A bare Debian of either release as a folder, with what our packages ask of Debian beside it.

So no test needs a mirror. Made once for each list of packages and kept outside the repository. Tests work on an
overlay, which takes no time.
"""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What Debian's installer puts on a server, as far as a package of ours could come to rest on it.
PRESENT = ("ca-certificates", "dbus", "iproute2", "netbase", "procps", "systemd-sysv")
# What `apt install` will ask for, with all that it needs. Not installed: they are there to be fetched.
WANTED = (
    *("age", "certbot", "cryptsetup-bin", "curl", "kmod", "nftables", "nginx-light", "openssl", "openvpn"),
    *("postgresql", "python3", "redis-server", "udev"),
)
SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
MIRROR = "/var/local/debian"
SECONDS = 1200


def cached_root(release: str) -> Path:
    """Not to be changed. Two at once wait for one another."""
    digest = hashlib.sha256(" ".join((release, *PRESENT, "/", *WANTED)).encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nsmaas"
    cache.mkdir(parents=True, exist_ok=True)
    root = cache / f"host-{release}-{digest}"
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            new = root.with_suffix(".new")
            shutil.rmtree(new, ignore_errors=True)
            _make(new, release)
            new.rename(root)
    return root


@contextmanager
def host_root(release: str, folder: Path, *, after: Path | None = None) -> Iterator[Path]:
    """A root of its own for one host: what it writes lies in `folder` and goes with it.

    With `after` it begins as the host whose `folder` that was, and that is gone.
    """
    for part in ("written", "work", "root"):
        (folder / part).mkdir(parents=True)
    root = folder / "root"
    below = [after / "written"] if after else []
    lower = ":".join(map(str, [*below, cached_root(release)]))
    layers = f"lowerdir={lower},upperdir={folder / 'written'},workdir={folder / 'work'}"
    _run("mount", "-t", "overlay", "overlay", "-o", layers, str(root))
    if subprocess.run(["unshare", "--user", "true"], capture_output=True, check=False).returncode:
        _do_without_user_namespaces(root)
    try:
        yield root
    finally:
        _run("umount", "--lazy", str(root))


def _do_without_user_namespaces(root: Path) -> None:
    """The kernel refuses them to a process in a chroot (user_namespaces(7), EPERM), as where these tests may be run."""
    for prefix in ("", "nsmaas-.", "doors-nginx-."):
        folder = root / f"etc/systemd/system/{prefix}service.d"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "zz-no-user-namespaces.conf").write_text("[Service]\nPrivateUsers=no\n")


def _make(root: Path, release: str) -> None:
    here = platform.freedesktop_os_release()["VERSION_CODENAME"]
    sources = SOURCES.read_text() if SOURCES.exists() else ""
    found = re.search(r"^URIs: *(\S+)", sources, re.M)
    _run(
        *("debootstrap", "--variant=minbase", f"--include={','.join(PRESENT)}", release, str(root)),
        *([found[1]] if found else []),
    )
    # The way to the mirror is this machine's, for as long as it takes to fetch.
    lent = [Path("/etc/resolv.conf"), Path("/etc/hosts"), *Path("/etc/apt/apt.conf.d").glob("99*")]
    for path in lent:
        (root / path.relative_to("/")).unlink(missing_ok=True)
        shutil.copy(path, root / path.relative_to("/"))
    if sources:
        (root / SOURCES.relative_to("/")).write_text(re.sub(rf"\b{here}\b", release, sources))
        (root / "etc/apt/sources.list").write_text("")
    _run("chroot", str(root), "apt-get", "-qq", "update")
    _run(
        "chroot", str(root), "apt-get", "-qq", "--yes", "--no-install-recommends", "--download-only", "install", *WANTED
    )
    _become_mirror(root)


def _become_mirror(root: Path) -> None:
    """From now on apt finds Debian in this folder, and nothing else."""
    mirror = root / MIRROR.lstrip("/")
    mirror.mkdir(parents=True)
    for archive in (root / "var/cache/apt/archives").glob("*.deb"):
        archive.rename(mirror / archive.name)
    done = subprocess.run(["apt-ftparchive", "packages", "."], cwd=mirror, capture_output=True, check=True)
    (mirror / "Packages").write_bytes(done.stdout)
    (root / SOURCES.relative_to("/")).unlink(missing_ok=True)
    (root / "etc/apt/sources.list").write_text(f"deb [trusted=yes] file:{MIRROR} ./\n")
    shutil.rmtree(root / "var/lib/apt/lists")
    (root / "var/lib/apt/lists/partial").mkdir(parents=True)
    # Recommended packages that are not here would only be reported as missing.
    (root / "etc/hosts").write_text("127.0.0.1 localhost portal\n")
    (root / "etc/hostname").write_text("portal\n")
    (root / "etc/resolv.conf").write_text("")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])}: {done.stdout[-2000:]}{done.stderr[-500:]}")
