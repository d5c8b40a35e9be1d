import shutil
import subprocess
from pathlib import Path

import pytest

from .kit import KIT

UNITS = KIT / "systemd"
GATED = ("docker", "salt-minion")


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A root folder with systemd's own units, ours, and the services that ours gate."""
    root = tmp_path / "box"
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    for program in ("usr/sbin/openvpn", "usr/sbin/cryptsetup", "usr/bin/nsm-sensor", "usr/bin/true"):
        file = root / program
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n")
        file.chmod(0o755)
    system = root / "etc/systemd/system"
    shutil.copytree(UNITS, system)
    wants = system / "multi-user.target.wants"
    wants.mkdir()
    for name in GATED:
        (system / f"{name}.service").write_text(
            "[Unit]\nDescription=stand-in\n[Service]\nExecStart=/usr/bin/true\n[Install]\nWantedBy=multi-user.target\n"
        )
        (wants / f"{name}.service").symlink_to(f"../{name}.service")
    for name in ("nsm.mount", "nsm-tunnel.service"):
        (wants / name).symlink_to(f"../{name}")
    return root


def verify(root: Path, *units: str) -> str:
    """What systemd-analyze has to say about our units, and about cycles anywhere."""
    done = subprocess.run(
        ["systemd-analyze", "verify", f"--root={root}", "--man=no", "--recursive-errors=yes", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).splitlines()
    return "\n".join(line for line in lines if "nsm" in line or "cycle" in line)


def test_systemd_has_nothing_to_say(box: Path) -> None:
    assert verify(box, "nsm-tunnel.service", "nsm-unlock.service", "nsm.mount", "docker.service") == ""


def test_a_boot_with_the_units_has_no_ordering_cycle(box: Path) -> None:
    assert verify(box, "default.target") == ""


def test_a_mount_with_default_dependencies_would_be_a_cycle(box: Path) -> None:
    """Shows that the test before this one can fail."""
    mount = box / "etc/systemd/system/nsm.mount"
    mount.write_text(mount.read_text().replace("DefaultDependencies=no\n", ""))
    assert "cycle" in verify(box, "default.target")


def test_a_misspelt_directive_would_be_seen(box: Path) -> None:
    unit = box / "etc/systemd/system/nsm-unlock.service"
    unit.write_text(unit.read_text().replace("ExecStart=", "ExecStrat="))
    assert verify(box, "nsm-unlock.service") != ""


def test_nothing_that_people_need_waits_for_the_key() -> None:
    mount = (UNITS / "nsm.mount").read_text()
    assert "DefaultDependencies=no" in mount
    assert "_netdev" not in mount.split("[Unit]")[1]
    for name in GATED:
        drop_in = (UNITS / f"{name}.service.d" / "nsm.conf").read_text()
        assert "Requires=nsm.mount" in drop_in
        assert "After=nsm.mount" in drop_in


def test_the_mount_waits_for_its_device_without_end() -> None:
    """A device is given up after 90 seconds by default, and the mount with it; base may hold the key for days."""
    drop_in = (UNITS / "dev-mapper-nsm.device.d" / "nsm.conf").read_text()
    assert "JobRunningTimeoutSec=infinity" in drop_in
    assert "What=/dev/mapper/nsm\n" in (UNITS / "nsm.mount").read_text()
