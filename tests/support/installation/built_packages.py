"""The packages of this checkout as it stands, built once for each state of it; and later versions of them."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.support.checkout import CHECKOUT

SECONDS = 900
KEPT = 4
# The date of all files. By itself it is that of the last commit, and what is kept would be old with each of them.
MADE_AT = "1767225600"


def built_packages(release: str) -> list[Path]:
    """Debian's, of all products."""
    server = _built(release, "portal", "gateway")
    return sorted([*server.glob("*.deb"), *built_kit(release).glob("*.deb")])


def built_kit(release: str) -> Path:
    """The folder with what a sensor is installed from, in each form."""
    return _built(release, "sensor")


def _built(release: str, *products: str) -> Path:
    """Kept outside the repository, the last few states of it. Two at once wait for one another."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nsmaas" / "packages"
    cache.mkdir(parents=True, exist_ok=True)
    name = "-".join((release, *products))
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = cache / f"{name}-{_state_of_checkout()}"
        if not folder.exists():
            unfinished = folder.with_suffix(".new")
            shutil.rmtree(unfinished, ignore_errors=True)
            wanted = [word for product in products for word in ("--product", product)]
            package(*wanted, "--release", release, "--out", str(unfinished), "--quick")
            unfinished.rename(folder)
            kept = [path for path in cache.glob(f"{name}-*") if path.is_dir()]
            for each in sorted(kept, key=lambda path: path.stat().st_mtime)[:-KEPT]:
                shutil.rmtree(each)
    return folder


def package(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """script/package; what it printed. Raises RuntimeError."""
    command = [str(CHECKOUT / "script" / "package"), *arguments]
    done = subprocess.run(
        command,
        env={**os.environ, "SOURCE_DATE_EPOCH": MADE_AT, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout[-1000:]}{done.stderr[-3000:]}")
    return done.stdout


def version_of(deb: Path) -> str:
    return subprocess.run(["dpkg-deb", "-f", deb, "Version"], capture_output=True, text=True, check=True).stdout.strip()


def later_version(deb: Path, version: str, folder: Path, change: Callable[[Path], object]) -> Path:
    """The same package under another version, with what `change` does to its files."""
    tree, made = folder / f"tree-{version}", folder / f"{version}.deb"
    subprocess.run(["dpkg-deb", "-R", deb, tree], check=True)
    control = tree / "DEBIAN" / "control"
    control.write_text(re.sub(r"^Version: .*$", f"Version: {version}", control.read_text(), flags=re.M))
    change(tree)
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, made], check=True, capture_output=True)
    shutil.rmtree(tree)
    return made


def _state_of_checkout() -> str:
    made = hashlib.sha256(MADE_AT.encode())
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=True).stdout
    for name in sorted(listed.split(b"\0")):
        path = CHECKOUT / os.fsdecode(name)
        # What only tests read is in no package.
        if name and path.is_file() and not name.startswith((b"tests/", b"lab/", b"bench/", b"docs/images/")):
            made.update(name + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()[:16]
