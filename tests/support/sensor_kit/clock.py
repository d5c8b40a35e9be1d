"""A box whose clock is wrong."""

from pathlib import Path

from tests.support.sensor_kit.kit import wrap_program

DAY = 86400


def clock(folder: Path, days_ahead: int) -> Path:
    """A folder with a `date` that is so many days ahead. Files' times and openssl's stay right."""
    now = f'[ "$*" != +%s ] || exec echo $(($($REAL +%s) + {days_ahead * DAY}))'
    return wrap_program(folder / "clock", "date", f'{now}\nexec $REAL "$@"')
