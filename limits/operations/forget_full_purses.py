"""Remove what a purse that is full again has left: without a row it is full."""

import time

from limits.models import SpentPurse


def forget_full_purses() -> int:
    """How many there were. One that is spent from at this moment has moved on, and stays."""
    forgotten, _ = SpentPurse.objects.filter(full_at__lt=time.time_ns() // 1_000_000).delete()
    return forgotten
