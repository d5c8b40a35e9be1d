"""Our figures beside the peers'."""

from collections.abc import Iterator, Mapping

from bench.rows import Row


def ratio_rows(figures: Mapping[str, float]) -> Iterator[Row]:
    """For each peer's figure `peer.NAME.ours`, how many times our own it is."""
    for name, value in figures.items():
        if not name.startswith("peer."):
            continue
        _, peer, ours = name.split(".", 2)
        if own := figures.get(ours):
            yield Row(f"ratio.{peer}.{ours}", value / own, "times ours", 1)
