"""debian/changelog from CHANGELOG.md and the version in pyproject.toml: there is no other place to write either.

debian_changelog.py RELEASE SECONDS-SINCE-1970
"""

import argparse
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from releases import RELEASES

CHECKOUT = Path(__file__).resolve().parent.parent


def version_of(release: str) -> str:
    """For each release of Debian another one, the later one's higher, so that its upgrade brings the right package."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"{project['version']}+deb{RELEASES[release].number}"


def newest_entry() -> str:
    """What stands under the newest heading that has something under it."""
    entries = re.split(r"^## \[.*\n", (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)[1:]
    return next((entry for entry in entries if entry.strip()), "")


def points(entry: str) -> Iterator[str]:
    """Each point on lines of its own, without Markdown's marks."""
    for point in re.findall(r"^- (.*(?:\n  .*)*)", entry, re.M):
        words = " ".join(point.split()).replace("**", "").replace("`", "")
        yield textwrap.fill(words, width=76, initial_indent="  * ", subsequent_indent="    ", break_on_hyphens=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("release", choices=RELEASES)
    parser.add_argument("time", type=int)
    arguments = parser.parse_args()
    control = (CHECKOUT / "packaging/debian/control").read_text(encoding="utf-8")
    maintainer = re.findall(r"^Maintainer: (.*)$", control, re.M)[0]
    at = format_datetime(datetime.fromtimestamp(arguments.time, UTC))
    lines = "\n".join(points(newest_entry()))
    head = f"nsm ({version_of(arguments.release)}) {arguments.release}; urgency=medium"
    sys.stdout.write(f"{head}\n\n{lines}\n\n -- {maintainer}  {at}\n")


if __name__ == "__main__":
    main()
