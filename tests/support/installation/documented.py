"""The commands that a page of the documentation tells to type: tests type those, so that the page cannot lie."""

import re

from tests.support.checkout import CHECKOUT

OPERATIONS = CHECKOUT / "docs" / "operations.md"


def commands_under(heading: str) -> list[str]:
    """The blocks of shell commands under this heading, each as it stands. Raises ValueError if there are none."""
    text = OPERATIONS.read_text()
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    blocks = re.findall(r"^```sh\n(.*?)^```$", found[1], re.M | re.S) if found else []
    if not blocks:
        raise ValueError(f"{OPERATIONS} has no commands under {heading!r}.")
    return blocks
