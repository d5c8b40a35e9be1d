"""A box whose clock is wrong, and a portal that tells it the time."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from pki.authority.time_stamps import TimeSigner, stamp
from pki.authority.x509 import Profile, build_certificate, own_request
from tests.support.authority import Authority
from tests.support.sensor_kit.doors import Answer, Request
from tests.support.sensor_kit.kit import wrap_program

DAY = 86400
TIME_PATH = "/api/v1/time"
REPLY = (("Content-Type", "application/timestamp-reply"),)
# What it says is `ahead` of the right time. Set, it says that; this machine's own clock is never set.
DATE = """
[ "$1" != -u ] || [ "$2" != -s ] || { echo $((${3#@} - $($REAL +%s))) >"${0%/*}/ahead"; exit; }
[ "$*" != +%s ] || exec echo $(($($REAL +%s) + $(cat "${0%/*}/ahead")))
exec $REAL "$@"
"""


def clock(folder: Path, days_ahead: int, *, synchronized: bool = False) -> Path:
    """A folder with a `date` that is so many days ahead. Files' times and openssl's stay right."""
    wrap_program(folder / "clock", "date", DATE)
    said = "yes" if synchronized else "no"
    wrap_program(folder / "clock", "timedatectl", f"case $* in *NTPSync*) echo {said} ;; *) echo no ;; esac")
    (folder / "clock" / "ahead").write_text(f"{days_ahead * DAY}\n")
    return folder / "clock"


def is_right(path: Path) -> bool:
    """Whether the clock in that folder was set to the right time, give or take a minute of a busy machine."""
    return abs(int((path / "ahead").read_text())) < 60


def time_signer(authority: Authority, now: dt.datetime, profile: Profile = Profile.TIME) -> TimeSigner:
    """As the signer makes one; of another profile it is a sensor's or a gateway's certificate that is misused."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = build_certificate(
        profile=profile,
        subject="time",
        csr=own_request(key),
        issuer=authority.certificate,
        signing_key=authority.key,
        now=now,
    )
    return TimeSigner(key, certificate)


def telling(signer: TimeSigner, at: dt.datetime) -> Callable[[Request], Answer]:
    """A portal that answers each question with this time."""
    return lambda request: Answer(body=stamp(query=request.body, signer=signer, now=at), headers=REPLY)
