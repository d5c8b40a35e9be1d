"""How long the long loops are: short in the suite, long under script/soak; and the figures that they leave."""

import os
from collections import defaultdict
from typing import Any

SOAKING = bool(os.environ.get("NSMAAS_SOAK"))
# Printed at the end of a run by the conftest, under the name of the loop.
FIGURES: dict[str, list[str]] = defaultdict(list)


def rounds(*, suite: int, soak: int) -> int:
    """So many rounds: NSMAAS_SOAK_ROUNDS sets every loop of script/soak to one length."""
    return int(os.environ.get("NSMAAS_SOAK_ROUNDS") or soak) if SOAKING else suite


def note(loop: str, figure: str) -> None:
    FIGURES[loop].append(figure)


def print_figures(reporter: Any) -> None:
    """Once, at the end of a run."""
    for loop, lines in FIGURES.items():
        for line in lines:
            reporter.write_line(f"{loop}: {line}")
    FIGURES.clear()
