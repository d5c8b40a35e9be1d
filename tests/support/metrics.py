"""What is exported for Prometheus, as its own reader reads it."""

from typing import Any

from prometheus_client.parser import text_string_to_metric_families


def read_metrics(text: str) -> dict[Any, float]:
    """By name and labels."""
    families = list(text_string_to_metric_families(text))
    assert {family.type for family in families} <= {"gauge"}
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}
