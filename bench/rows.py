"""One figure, as one JSON object on one line."""

import json
import math
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """`n` is how many single measurements the value comes from; `conditions` what else one must know of it."""

    name: str
    value: float
    unit: str
    n: int
    conditions: dict[str, object] = field(default_factory=dict)

    def to_line(self, common: dict[str, object]) -> str:
        """The row with the conditions that all rows share, and the load at this moment."""
        conditions = {**common, "load_average": round(os.getloadavg()[0], 2), **self.conditions}
        value = round(self.value, 3) if abs(self.value) < 100 else round(self.value, 1)
        return json.dumps({"name": self.name, "value": value, "unit": self.unit, "n": self.n, "conditions": conditions})


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` of all do not exceed (nearest rank): one that was really measured."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def median_row(name: str, milliseconds: Sequence[float], **conditions: object) -> Row:
    """The median, with the extremes beside it: on a shared machine they tell how quiet it was."""
    spread = {"fastest": round(min(milliseconds), 3), "p95": round(percentile(milliseconds, 95), 3)}
    return Row(name, statistics.median(milliseconds), "ms", len(milliseconds), {**spread, **conditions})
