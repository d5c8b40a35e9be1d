"""A program of the provider's that takes each new file to another host: it is called with the file's path."""

import subprocess
from pathlib import Path

PATIENCE = 240  # seconds


class ShippingFailed(Exception):
    """The text holds the program's last words."""


def ship(file: Path, *, program: Path | None) -> None:
    """Raises ShippingFailed unless the program ended well, which says that the file is safe elsewhere."""
    if program is None:
        return
    try:
        done = subprocess.run(
            [program, file], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise ShippingFailed(f"{program} has not taken {file} away within {PATIENCE} seconds.") from None
    except OSError as error:
        raise ShippingFailed(f"{program} cannot be started: {error.strerror}.") from None
    if done.returncode != 0:
        raise ShippingFailed(f"{program} has not taken {file} away: {(done.stderr or done.stdout).strip()[-500:]}")
