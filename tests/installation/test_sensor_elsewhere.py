"""The kit as an RPM package and as a tarball: what is in them, and what they do to a root folder that is not running.

No system of the RPM family is here. rpm's own program installs into a root of Debian's whose `sh` is bash.
"""

import hashlib
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT
from tests.support.installation.built_packages import MADE_AT, built_kit
from tests.support.installation.debian_root import host_root
from tests.support.installation.machine import ENVIRONMENT

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("installation")]

HERE = platform.freedesktop_os_release()["VERSION_CODENAME"]
LATER = "7.0.0"
TURNED_ON = {
    "nsm-firewall.service",
    "nsm-tunnel.service",
    "nsm-unlock.service",
    "nsm-renew.timer",
    "nsm-heartbeat.timer",
}
UNINSTALLER = {"/usr/lib/nsm-sensor/uninstall", "/usr/lib/nsm-sensor/files"}


class Root:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sh(self, script: str) -> tuple[int, str]:
        done = subprocess.run(
            ["chroot", self.folder, "sh", "-c", script], env=ENVIRONMENT, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def rpm(self, *words: str | Path) -> tuple[int, str]:
        command = ["rpm", "--root", str(self.folder), "--nodeps", *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def turned_on(self) -> set[str]:
        return {link.name for link in (self.folder / "etc/systemd/system").glob("*.wants/nsm*")}

    def has(self, path: str) -> bool:
        return (self.folder / path.lstrip("/")).exists()

    def mode(self, path: str) -> str:
        return oct((self.folder / path.lstrip("/")).stat().st_mode & 0o7777)

    def is_bare(self) -> None:
        """Of the package; what the box itself has made is the box's."""
        assert self.turned_on() == set()
        for path in (
            "usr/bin/nsm-sensor",
            "usr/lib/nsm-sensor",
            "usr/lib/systemd/system/nsm.mount",
            "var/lib/nsm-sensor",
        ):
            assert not self.has(path), path
        for folder in ("docker.service.d", "salt-minion.service.d", "dev-mapper-nsm.device.d"):
            assert not self.has(f"usr/lib/systemd/system/{folder}"), folder
        assert not self.has("usr/share/doc/nsm-sensor")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Root]:
    with host_root(HERE, tmp_path / "root") as folder:
        # As on the RPM family.
        (folder / "bin/sh").unlink()
        (folder / "bin/sh").symlink_to("bash")
        yield Root(folder)


@pytest.fixture(scope="module")
def rpm() -> Path:
    [package] = built_kit(HERE).glob("*.rpm")
    return package


@pytest.fixture(scope="module")
def tarball() -> Path:
    [archive] = built_kit(HERE).glob("*.tar.gz")
    return archive


@pytest.fixture
def later_source(tmp_path: Path) -> Path:
    """The kit under a later version."""
    shutil.copytree(CHECKOUT / "sensor-kit", tmp_path / "later/sensor-kit")
    program = tmp_path / "later/sensor-kit/nsm-sensor"
    program.write_text(re.sub("^KIT_VERSION=.*$", f"KIT_VERSION={LATER}", program.read_text(), flags=re.M))
    return tmp_path / "later"


def ask(rpm: Path, *words: str) -> list[str]:
    done = subprocess.run(["rpm", "-qp", *words, rpm], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def build_rpm(source: Path, version: str) -> Path:
    spec = CHECKOUT / "packaging/rpm/nsm-sensor.spec"
    defined = {"_topdir": source / "rpm", "kit_version": version, "kit_source": source}
    words = [word for name, value in defined.items() for word in ("--define", f"{name} {value}")]
    subprocess.run(["rpmbuild", "-bb", "--target", "noarch", *words, spec], capture_output=True, check=True)
    [built] = (source / "rpm/RPMS/noarch").glob("*.rpm")
    return built


def files_of_deb() -> set[str]:
    [deb] = built_kit(HERE).glob("*.deb")
    said = subprocess.run(["dpkg-deb", "-c", deb], capture_output=True, text=True, check=True).stdout
    names = {line.split()[5].removeprefix(".") for line in said.splitlines() if line.startswith("-")}
    # What Debian's policy asks for, and how it compresses.
    return {name.removesuffix(".gz") for name in names if not name.endswith(("changelog.gz", "copyright"))}


def test_all_three_forms_place_the_same_files(rpm: Path, tarball: Path, tmp_path: Path):
    selinux = {"/usr/share/selinux/packages/nsm-sensor.cil"}
    of_rpm = {
        line.split(maxsplit=1)[1].removesuffix(".gz")
        for line in ask(rpm, "--queryformat", "[%{FILEMODES:perms} %{FILENAMES}\n]")
        if line.startswith("-")
    }
    assert of_rpm - selinux == files_of_deb()
    subprocess.run(["tar", "-xf", tarball, "-C", tmp_path], check=True)
    [unpacked] = tmp_path.glob("nsm-sensor-*")
    image = tmp_path / "image"
    subprocess.run(["sh", unpacked / "install.sh", "--destdir", image], check=True)
    placed = {f"/{path.relative_to(image)}" for path in image.rglob("*") if path.is_file()}
    assert placed - UNINSTALLER == of_rpm
    subprocess.run(["sh", image / "usr/lib/nsm-sensor/uninstall"], check=True)
    assert [path for path in image.rglob("*") if path.is_file() or "nsm" in path.name] == []


def test_the_rpm_asks_for_plain_programs_and_its_files_are_roots(rpm: Path):
    wanted = {line.split()[0] for line in ask(rpm, "--requires") if not line.startswith(("rpmlib(", "/bin/sh"))}
    assert wanted == {
        *(
            "bash",
            "coreutils",
            "cryptsetup",
            "curl",
            "diffutils",
            "e2fsprogs",
            "gawk",
            "iproute",
            "nftables",
            "openssl",
        ),
        *("openvpn", "systemd", "util-linux"),
    }
    assert ask(rpm, "--queryformat", "%{ARCH} %{PAYLOADCOMPRESSOR} %{BUILDHOST}\n") == ["noarch gzip localhost"]
    files = [line.split() for line in ask(rpm, "--queryformat", "[%{FILEMODES:perms} %{FILEUSERNAME} %{FILENAMES}\n]")]
    assert {owner for _, owner, _ in files} == {"root"}
    assert {mode for mode, _, _ in files} == {"-rw-r--r--", "-rwxr-xr-x", "drwxr-xr-x", "drwx------"}
    assert [name for mode, _, name in files if mode == "drwx------"] == ["/etc/nsm-sensor"]
    assert not [name for _, _, name in files if str(CHECKOUT) in name]


def test_the_rpm_is_installed_upgraded_not_downgraded_and_erased(root: Root, rpm: Path, later_source: Path):
    status, said = root.rpm("-i", "--ignorearch", rpm)
    assert (status, "now run: nsm-sensor enrol" in said) == (0, True), said
    assert root.mode("/etc/nsm-sensor") == "0o700"
    assert root.turned_on() == TURNED_ON
    assert root.sh("nsm-sensor --version && nsm-sensor unlock --help >/dev/null")[0] == 0
    assert root.rpm("-V", "nsm-sensor") == (0, "")
    (root.folder / "etc/nsm-sensor/client.key").write_text("identity")
    (root.folder / "etc/systemd/system/timers.target.wants/nsm-renew.timer").unlink()
    later = build_rpm(later_source, LATER)
    status, said = root.rpm("-U", "--ignorearch", later)
    assert status == 0, said
    assert root.turned_on() == TURNED_ON - {"nsm-renew.timer"}
    assert root.sh("nsm-sensor --version") == (0, f"{LATER}\n")
    status, said = root.rpm("-U", "--ignorearch", "--oldpackage", rpm)
    assert (status != 0, "is older than the installed 7.0.0" in said) == (True, True), said
    assert root.sh("nsm-sensor --version") == (0, f"{LATER}\n")
    status, said = root.rpm("-e", "nsm-sensor")
    assert (status, "left where it is: /etc/nsm-sensor" in said) == (0, True), said
    root.is_bare()
    assert (root.folder / "etc/nsm-sensor/client.key").read_text() == "identity"


def test_the_tarball_is_installed_upgraded_not_downgraded_and_taken_away(root: Root, tarball: Path, later_source: Path):
    subprocess.run(["tar", "-xf", tarball, "-C", root.folder / "var/tmp"], check=True)
    shutil.copytree(later_source / "sensor-kit", root.folder / "var/tmp/later")
    status, said = root.sh("sh /var/tmp/nsm-sensor-*/install.sh")
    assert status == 0, said
    assert root.mode("/etc/nsm-sensor") == "0o700"
    assert root.turned_on() == TURNED_ON
    assert root.sh("cd / && nsm-sensor unlock --help >/dev/null")[0] == 0
    (root.folder / "etc/nsm-sensor/client.key").write_text("identity")
    assert root.sh("sh /var/tmp/later/install.sh")[0] == 0
    status, said = root.sh("sh /var/tmp/nsm-sensor-*/install.sh")
    assert (status, "is older than the installed 7.0.0" in said) == (1, True), said
    status, said = root.sh("/usr/lib/nsm-sensor/uninstall")
    assert (status, "left where it is: /etc/nsm-sensor" in said) == (0, True), said
    root.is_bare()
    assert (root.folder / "etc/nsm-sensor/client.key").read_text() == "identity"


def test_the_installer_leaves_what_a_package_has_placed(root: Root, tarball: Path):
    [deb] = built_kit(HERE).glob("*.deb")
    shutil.copy(deb, root.folder / "var/tmp/kit.deb")
    subprocess.run(["tar", "-xf", tarball, "-C", root.folder / "var/tmp"], check=True)
    assert root.sh("dpkg --force-depends -i /var/tmp/kit.deb")[0] == 0
    status, said = root.sh("sh /var/tmp/nsm-sensor-*/install.sh")
    assert (status, "belongs to a Debian package" in said) == (1, True), said


def test_a_unit_copied_by_hand_is_named_as_it_hides_ours(root: Root, tarball: Path):
    subprocess.run(["tar", "-xf", tarball, "-C", root.folder / "var/tmp"], check=True)
    shutil.copy(CHECKOUT / "sensor-kit/systemd/nsm.mount", root.folder / "etc/systemd/system/nsm.mount")
    status, said = root.sh("sh /var/tmp/nsm-sensor-*/install.sh")
    assert status == 0
    assert "/etc/systemd/system/nsm.mount hides the unit" in said


def test_two_builds_are_one_rpm(rpm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Beside the one of script/package: from another folder, by somebody elsewhere."""
    shutil.copytree(CHECKOUT / "sensor-kit", tmp_path / "sensor-kit")
    program = tmp_path / "sensor-kit/nsm-sensor"
    program.write_text(re.sub("^KIT_BUILT=.*$", f"KIT_BUILT={MADE_AT}", program.read_text(), flags=re.M))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", MADE_AT)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    again = build_rpm(tmp_path, ask(rpm, "--queryformat", "%{VERSION}\n")[0])
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(rpm.read_bytes()).digest()
