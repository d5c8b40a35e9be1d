"""Prometheus' text format, written by hand: the agent has one dependency, and this is a page of rules.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text format, version 0.0.4).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ESCAPED = {"\\": r"\\", "\n": r"\n", '"': r"\""}


Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """One gauge without labels, or by labels. Values are seconds, seconds since 1970, counts, or 0 and 1."""

    name: str
    text: str
    samples: Mapping[Labels, float] = field(default_factory=dict)


def gauge(name: str, text: str, value: float) -> Metric:
    return Metric(name, text, {(): value})


def by_label(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    return Metric(name, text, {((label, key),): value for key, value in values.items()})


def exposition(metrics: Iterable[Metric]) -> str:
    """Raises ValueError for a name that is none, or that comes twice: Prometheus would refuse the whole file."""
    lines: list[str] = []
    names: set[str] = set()
    for metric in metrics:
        if not _NAME.fullmatch(metric.name) or metric.name in names:
            raise ValueError(f"no name for a metric, or one that is there already: {metric.name!r}")
        names.add(metric.name)
        text = "".join(_ESCAPED.get(letter, letter) if letter != '"' else letter for letter in metric.text)
        lines += [f"# HELP {metric.name} {text}", f"# TYPE {metric.name} gauge"]
        lines += [f"{metric.name}{_labels(labels)} {value!r}" for labels, value in metric.samples.items()]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Labels) -> str:
    written = ",".join(f'{name}="{"".join(_ESCAPED.get(each, each) for each in value)}"' for name, value in labels)
    return f"{{{written}}}" if written else ""
