"""A portal with settings, keys and a database of its own, whose commands are run as on its host."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.checkout import CHECKOUT

MAKE_A_KEY = "from pki.escrow.vault import get_or_create_disk_key as g; print(g(subject='s-abcdefghijkl').hex())"


@dataclass(frozen=True)
class Host:
    """`folder` holds its settings; what a provider keeps elsewhere, age's keys, lies in `safe`."""

    folder: Path
    safe: Path
    url: str

    @property
    def settings(self) -> Path:
        return self.folder / "etc"

    @property
    def key_file(self) -> Path:
        return self.settings / "secrets" / "key-encryption-key"

    def manage(self, *arguments: object, fails: bool = False) -> str:
        """What it printed."""
        secrets = self.settings / "secrets"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("NSMAAS_")},
            "DATABASE_URL": self.url,
            "NSMAAS_STATE_DIR": str(self.folder / "state"),
            "NSMAAS_CA_KEY_FILE": str(secrets / "ca.key"),
            "NSMAAS_CA_PASSPHRASE": "a passphrase of the tests",
        }
        if self.key_file.exists():
            environment["NSMAAS_KEY_ENCRYPTION_KEY_FILE"] = str(self.key_file)
        command = [sys.executable, "manage.py", *map(str, arguments)]
        done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        assert (done.returncode != 0) is fails, said
        return said

    def shell(self, code: str) -> str:
        return self.manage("shell", "--verbosity", "0", "-c", code).strip()


def back_up(host: Host, *options: object) -> Path:
    folder = host.folder / "backups"
    folder.mkdir(exist_ok=True)
    host.manage("backup", folder, *recipients(host), *options)
    return max(folder.glob("*.nsm-backup"))


def recipients(host: Host) -> tuple[object, ...]:
    return ("--recipients", host.safe / "recipients", "--configuration", host.settings)
