"""How old the newest backup in a folder is: one a day is expected."""

from datetime import timedelta
from pathlib import Path
from time import time

BACKUP = ".nsm-backup"
BASE = ".base"
OLDEST = timedelta(hours=26)
_WHAT = {BACKUP: "backup", BASE: "copy of PostgreSQL's files, which its WAL is applied to,"}


def find_stale(folder: Path, suffix: str = BACKUP) -> list[str]:
    """That the newest one there is old, or that there is none."""
    what = _WHAT[suffix]
    made = [path.stat().st_mtime for path in folder.glob(f"*{suffix}")]
    if not made:
        return [f"There is no {what.removesuffix(',')} in {folder}."]
    age = timedelta(seconds=time() - max(made))
    if age <= OLDEST:
        return []
    return [f"The newest {what} in {folder} is {age.days} days and {age.seconds // 3600} hours old."]
