"""The two programs that this host's firewall and routing are asked and changed with: nft(8) and ip(8)."""

import os
import subprocess

TOOL_SECONDS = 10


class ToolRefused(Exception):
    """The program said no, or could not run; its own words, shortened."""


def run_tool(*command: str, text: str | None = None) -> str:
    """What it printed, in the C locale. Raises ToolRefused."""
    name = command[0]
    try:
        done = subprocess.run(
            command,
            input=text,
            capture_output=True,
            text=True,
            timeout=TOOL_SECONDS,
            check=False,
            env={"PATH": os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin", "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolRefused(f"{name} could not run: {type(error).__name__}") from error
    if done.returncode:
        raise ToolRefused(" ".join(done.stderr.split())[:300] or f"{name} ended with {done.returncode}")
    return done.stdout
