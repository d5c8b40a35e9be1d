"""Stand-ins for what needs a device mapper, and for the kernel's list of disks; LUKS headers stay real."""

import subprocess
from pathlib import Path

from tests.support.sensor_kit.kit import log_calls, wrap_program

# `open` proves the key for real and eats it, as the mapped device would be the kernel's.
CRYPTSETUP = """\
case "$1 $*" in
    *--test-passphrase*) exec $REAL "$@" ;;
    'open '*)
        {log}
        tee "${{0%/*}}/eaten" | $REAL open --test-passphrase --type luks --key-file=- --keyfile-size 64 "$7"
        exit $? ;;
    'close '*) {log}; exit 0 ;;
    *) exec $REAL "$@" ;;
esac
"""
BLKID = """\
case "$*" in
    */dev/mapper/*) cat "${0%/*}/content" 2>/dev/null ;;
    *--match-token*)
        for token; do :; done
        for disk in "${0%/*}/disks"/*; do
            [ -f "$disk" ] && $REAL --probe --output export "$disk" | grep -qx "$token" && readlink -f "$disk"
        done ;;
    *) exec $REAL "$@" ;;
esac
"""


def with_device_mapper(folder: Path, content: str = "") -> Path:
    """Programs for a kernel with a device mapper; an open volume holds a file system of the type `content`, or none.

    A disk is plugged in by a link in `disks` beside them.
    """
    programs = wrap_program(folder / "programs", "dmsetup", "exit 0")
    wrap_program(programs, "cryptsetup", CRYPTSETUP.format(log=log_calls("cryptsetup")))
    wrap_program(programs, "mkfs.ext4", log_calls("mkfs.ext4") + '; echo ext4 >"${0%/*}/content"')
    (programs / "disks").mkdir(exist_ok=True)
    if content:
        (programs / "content").write_text(content + "\n")
    return wrap_program(programs, "blkid", BLKID)


def plug_in(programs: Path, disk: Path, name: str) -> None:
    """From now on the kernel lists the disk, under this name."""
    (programs / "disks" / name).symlink_to(disk)


def uuid_of(disk: Path) -> str:
    """Of its LUKS header; empty without one."""
    done = subprocess.run(["cryptsetup", "luksUUID", disk], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def killing(programs: Path, name: str, number: int) -> Path:
    """The same programs, of which one kills the kit, itself and all, before its `number`th call does its work."""
    count = f'count="${{0%/*}}/count"; echo >>"$count"; [ $(wc -l <"$count") -ne {number} ] || kill -9 0'
    killer = wrap_program(programs.parent / "killer", name, f'PATH=${{PATH#*:}}\n{count}\nexec {name} "$@"')
    (killer / "count").unlink(missing_ok=True)
    return Path(f"{killer}:{programs}")
