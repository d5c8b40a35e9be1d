"""The disk of a box that has just come out of its carton: Debian, the kit's package, stand-ins for Security Onion.

Kept outside the repository, the last few states of it. Boxes write beside it and never into it.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.support.installation.built_packages import built_kit
from tests.support.installation.debian_root import MIRROR, cached_root, host_root

SIZE = "1200M"
KEPT = 2
MODULES = Path("/usr/lib/uml/modules")
ADDRESS, ROUTER = "192.168.10.11/24", "192.168.10.1"
# What the setup of Security Onion would have left. Each writes to /nsm as soon as it runs.
RECORDS = """[Unit]
Description={name}, a stand-in
After=network-online.target
[Service]
ExecStart=/bin/sh -c "touch /nsm/{name}-was-here && exec sleep infinity"
[Install]
WantedBy=multi-user.target
"""
FILES = {
    "etc/fstab": "/dev/ubda / ext4 rw,noatime 0 1\nhands /hands hostfs defaults 0 0\n",
    "etc/hostname": "box\n",
    "etc/hosts": "127.0.0.1 localhost box\n",
    "etc/systemd/network/10-site.network": (
        f"[Match]\nName=vec*\n[Network]\nAddress={ADDRESS}\nGateway={ROUTER}\nLinkLocalAddressing=no\n"
    ),
    "etc/systemd/journald.conf.d/kept.conf": "[Journal]\nStorage=persistent\nSyncIntervalSec=1s\n",
    # Somebody at the console, whose commands come from outside (virtual_box.py).
    "etc/systemd/system/hands.service": (
        "[Unit]\nRequiresMountsFor=/hands\n[Service]\nExecStart=/bin/sh /hands/serve\nKillMode=process\n"
        "[Install]\nWantedBy=multi-user.target\n"
    ),
    "etc/systemd/system/docker.service": RECORDS.format(name="docker"),
    "etc/systemd/system/salt-minion.service": RECORDS.format(name="salt-minion"),
}
ENABLED = "systemd-networkd systemd-networkd-wait-online hands docker salt-minion"
MASKED = (
    "apt-daily.timer apt-daily-upgrade.timer fstrim.timer e2scrub_reap.service dpkg-db-backup.timer getty@tty1.service"
)


def box_image(release: str) -> Path:
    """Two at once wait for one another."""
    kit = built_kit(release)
    cache = kit.parent.parent
    name = f"box-{release}"
    image = cache / f"{name}-{cached_root(release).name[-6:]}-{kit.name[-12:]}.img"
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not image.exists():
            unfinished = image.with_suffix(".new")
            with tempfile.TemporaryDirectory(dir=cache) as folder, host_root(release, Path(folder) / "box") as root:
                _furnish(root, next(kit.glob("*.deb")))
                unfinished.unlink(missing_ok=True)
                _run("truncate", "--size", SIZE, str(unfinished))
                _run("mkfs.ext4", "-q", "-F", "-d", str(root), "-L", "root", str(unfinished))
            unfinished.rename(image)
            old = sorted(cache.glob(f"{name}-*.img"), key=lambda path: path.stat().st_mtime)[:-KEPT]
            for each in old:
                each.unlink()
    return image


def _furnish(root: Path, deb: Path) -> None:
    shutil.copy(deb, root / "var/tmp/kit.deb")
    install = "apt-get -qq update && apt-get -qq --yes --no-install-recommends install kmod udev /var/tmp/kit.deb"
    _run("chroot", str(root), "env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", install)
    shutil.rmtree(root / MIRROR.lstrip("/"))
    (root / "var/tmp/kit.deb").unlink()
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "hands").mkdir()
    [version] = MODULES.iterdir()
    shutil.copytree(version, root / "lib/modules" / version.name)
    _run("chroot", str(root), "depmod", "-a", version.name)
    _run("chroot", str(root), "systemctl", "-q", "enable", *ENABLED.split())
    _run("chroot", str(root), "systemctl", "-q", "mask", *MASKED.split())


def _run(*command: str) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=600, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"}
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:4])}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
