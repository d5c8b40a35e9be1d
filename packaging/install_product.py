"""Put one product into the folder that becomes its package: code, Python's packages, units, commands.

Nothing is named here that a glob can find: a new application, unit or user comes along by itself.

    install_product.py portal|gateway RELEASE DESTINATION
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from releases import RELEASES

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGING = CHECKOUT / "packaging"
# They run elsewhere, or only in tests.
NOT_OF_THE_PORTAL = {"gateway", "lab", "bench", "tests"}
UNITS = (".service", ".socket", ".timer", ".path", ".target")
# What a file of `deploy/` is called there, and where it goes under the package's name.
BY_ENDING = {"sysusers.conf": "sysusers.d", "tmpfiles.conf": "tmpfiles.d", "sysctl.conf": "sysctl.d"}
# pip's own notes: they tell where and when it was built.
PIPS_NOTES = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("product", choices=("portal", "gateway"))
    parser.add_argument("release", choices=RELEASES)
    parser.add_argument("destination", type=Path)
    arguments = parser.parse_args()
    product, destination = arguments.product, arguments.destination
    home = destination / "usr/lib" / f"nsm-{product}"
    home.mkdir(parents=True)
    copy_code(product, home)
    locked = make_environment(product, arguments.release, home)
    (home / "bundled.txt").write_text("".join(f"{line.split()[0]}\n" for line in locked.splitlines()))
    place_what_systemd_reads(product, destination)
    place_command(product, destination)


def copy_code(product: str, home: Path) -> None:
    if product == "gateway":
        copy_tree(CHECKOUT / "gateway", home / "gateway")
        return
    for package in sorted(CHECKOUT.glob("*/__init__.py")):
        if package.parent.name not in NOT_OF_THE_PORTAL:
            copy_tree(package.parent, home / package.parent.name)
    copy_tree(CHECKOUT / "templates", home / "templates")
    copy_tree(CHECKOUT / "locale", home / "locale")
    subprocess.run([sys.executable, "-B", "-m", "portal.catalogues", str(home / "locale")], cwd=CHECKOUT, check=True)
    shutil.copy(CHECKOUT / "manage.py", home)


def copy_tree(source: Path, destination: Path) -> None:
    """Without units, which go elsewhere, and without what Python makes of its sources."""
    shutil.copytree(source, destination, ignore=shutil.ignore_patterns("__pycache__", "systemd"))


def make_environment(product: str, release: str, home: Path) -> str:
    """As `venv` makes it, but for the release's Python. Returns what is in it, as it is locked."""
    python = RELEASES[release].python
    short = python.rpartition(".")[0]
    environment = home / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to("/usr/bin/python3")
    (environment / "pyvenv.cfg").write_text(
        f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {python}\n"
    )
    packages = environment / "lib" / f"python{short}" / "site-packages"
    locked = locked_packages(product, release)
    install_packages(locked, release, packages)
    # So that `python -I -m` finds the code from any directory, without looking into that directory.
    (packages / f"nsm-{product}.pth").write_text(f"/usr/lib/nsm-{product}\n")
    return locked


def locked_packages(product: str, release: str) -> str:
    command = [sys.executable, str(PACKAGING / "locked_packages.py"), release]
    command += ["--for", str(CHECKOUT / "gateway")] if product == "gateway" else []
    with (CHECKOUT / "requirements.txt").open() as lock:
        return subprocess.run(command, stdin=lock, stdout=subprocess.PIPE, text=True, check=True).stdout


def install_packages(locked: str, release: str, folder: Path) -> None:
    """Wheels for the release's Python and C library, whatever is here. pip checks each against its hashes."""
    short = RELEASES[release].python.rpartition(".")[0]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--no-compile", "--require-hashes", "--implementation", "cp"]
    command += ["--python-version", short, "--target", str(folder)]
    for platform in platforms(release):
        command += ["--platform", platform]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write(locked)
        wanted.flush()
        subprocess.run([*command, "--requirement", wanted.name], check=True)
    # Programs begin with the path of the Python that installs them: ours are called as `python -m NAME`.
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for note in folder.glob("*.dist-info/*"):
        if note.name in PIPS_NOTES:
            note.unlink()


def platforms(release: str) -> list[str]:
    """As wheels name them, the newest first (PEP 600, and 599 for the older name of 2.17)."""
    machine = subprocess.run(
        ["dpkg-architecture", "-qDEB_HOST_GNU_CPU"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()
    newest = int(RELEASES[release].glibc.partition(".")[2])
    return [*(f"manylinux_2_{minor}_{machine}" for minor in range(newest, 16, -1)), f"manylinux2014_{machine}"]


def place_what_systemd_reads(product: str, destination: Path) -> None:
    deploy = CHECKOUT / product / "deploy"
    for file in sorted(deploy.rglob("*")):
        if file.suffix in UNITS:
            place(file, destination / "usr/lib/systemd/system" / file.name)
        elif re.search(r"\.(service|socket|timer)\.d$", file.parent.name):
            place(file, destination / "usr/lib/systemd/system" / file.parent.name / file.name)
        for ending, folder in BY_ENDING.items():
            if file.name.endswith(ending):
                place(file, destination / "usr/lib" / folder / f"nsm-{product}.conf")


def place_command(product: str, destination: Path) -> None:
    command = destination / "usr/sbin" / f"nsm-{product}"
    place(PACKAGING / command.name, command)
    command.chmod(0o755)


def place(file: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, to)


if __name__ == "__main__":
    main()
