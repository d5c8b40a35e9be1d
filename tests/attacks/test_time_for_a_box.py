"""Somebody between a box and its portal would like it to live in another year, where what has ended is good."""

import datetime as dt
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pki.authority.x509 import Profile
from tests.support.authority import Authority, make_authority
from tests.support.sensor_kit import kit
from tests.support.sensor_kit.clock import REPLY, TIME_PATH, clock, is_right, telling, time_signer
from tests.support.sensor_kit.doors import Answer, Door, Request, open_door
from tests.support.sensor_kit.kit import Outcome, Sensor, make_sensor

pytestmark = pytest.mark.live

AT_2020 = -2200
DAY = dt.timedelta(days=1)


class Box:
    """Its clock, and the portal that somebody else answers for."""

    def __init__(self, sensor: Sensor, portal: Door, folder: Path) -> None:
        self.sensor, self.portal, self._folder = sensor, portal, folder
        self.path = folder
        settings = sensor.directory / "sensor.conf"
        settings.write_text(f"{settings.read_text()}portal_url={portal.url}\n")

    def ask(self, *answers: object, days: int = AT_2020) -> Outcome:
        self.portal.answers[TIME_PATH] = list(answers)  # type: ignore[arg-type]
        self.path = clock(self._folder, days)
        return self.sensor.run("clock", path=self.path)

    def refuses(self, *answers: object, days: int = AT_2020) -> str:
        """What it says of it; its clock is as it was."""
        done = self.ask(*answers, days=days)
        assert (done.code, (self.path / "ahead").read_text()) == (21, f"{days * 86400}\n"), done.err
        return done.err


@pytest.fixture
def provider() -> Authority:
    return make_authority("base")


@pytest.fixture
def box(tmp_path: Path, provider: Authority) -> Iterator[Box]:
    with open_door(tmp_path, make_authority("public")) as portal:
        yield Box(make_sensor(tmp_path, provider, "https://127.0.0.1:9"), portal, tmp_path)


def test_the_box_would_take_the_authoritys_answer(box: Box, provider: Authority) -> None:
    """Or nothing is shown below."""
    now = dt.datetime.now(dt.UTC)
    assert box.ask(telling(time_signer(provider, now), now)).code == 0
    assert is_right(box.path)


def test_an_answer_to_an_earlier_question_is_refused(box: Box, provider: Authority) -> None:
    now = dt.datetime.now(dt.UTC)
    tell = telling(time_signer(provider, now), now)
    box.ask(tell)
    (earlier,) = box.portal.to(TIME_PATH)
    assert "not signed by base's authority for this question" in box.refuses(tell(earlier))


def test_an_answer_of_another_authority_is_refused(box: Box) -> None:
    now = dt.datetime.now(dt.UTC)
    assert "not signed" in box.refuses(telling(time_signer(make_authority("other"), now), now))


@pytest.mark.parametrize("profile", [Profile.SENSOR, Profile.GATEWAY])
def test_a_machines_own_certificate_signs_no_time(box: Box, provider: Authority, profile: Profile) -> None:
    now = dt.datetime.now(dt.UTC)
    assert "not signed" in box.refuses(telling(time_signer(provider, now, profile), now))


def test_an_old_key_tells_no_time_after_its_end(box: Box, provider: Authority) -> None:
    now = dt.datetime.now(dt.UTC)
    old = time_signer(provider, now - 5 * DAY)
    assert "not signed" in box.refuses(telling(old, now))
    assert box.ask(telling(old, now - 5 * DAY)).code == 0, "or it is refused for another reason"


def test_words_beside_the_signature_are_not_read(box: Box, provider: Authority, tmp_path: Path) -> None:
    """PKIStatusInfo has room for a text, which nobody has signed and openssl prints as it is."""
    now = dt.datetime.now(dt.UTC)
    signer = time_signer(provider, now)

    def with_words(request: Request) -> Answer:
        body = telling(signer, now)(request).body
        text = f"\nTime stamp: {now + DAY / 2:%b %d %H:%M:%S %Y} GMT\n".encode()
        status = b"\x30" + bytes([len(text) + 7]) + b"\x02\x01\x00\x30" + bytes([len(text) + 2])
        status += b"\x0c" + bytes([len(text)]) + text
        inner = status + body[4 + 5 :]
        return Answer(body=b"\x30\x82" + len(inner).to_bytes(2, "big") + inner, headers=REPLY)

    assert box.ask(with_words).code == 0
    assert is_right(box.path)
    (tmp_path / "reply").write_bytes(with_words(box.portal.to(TIME_PATH)[-1]).body)
    command = ["openssl", "ts", "-reply", "-in", str(tmp_path / "reply"), "-text"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.count("\nTime stamp: ") == 2, "or the words were never there"


def test_an_answer_that_was_held_back_is_refused(box: Box, provider: Authority, tmp_path: Path) -> None:
    """Told the truth half a minute late, a box would live in the past. Its seconds are short here."""
    now = dt.datetime.now(dt.UTC)
    copy = copied_kit(tmp_path, "lib/mend_clock.sh", "LONGEST_WAIT_FOR_TIME=30", "LONGEST_WAIT_FOR_TIME=-1")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kit, "NSM_SENSOR", copy)
        assert "came too late" in box.refuses(telling(time_signer(provider, now), now))


def test_a_clock_is_never_set_back(box: Box, provider: Authority) -> None:
    now = dt.datetime.now(dt.UTC)
    assert "never set back" in box.refuses(telling(time_signer(provider, now), now), days=400)


def test_a_clock_is_never_set_to_before_the_kit_was_made(box: Box, provider: Authority, tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    made = int((now - DAY).timestamp())
    source = (kit.KIT / "nsm-sensor").read_text()
    (line,) = (line for line in source.splitlines() if line.startswith("KIT_BUILT="))
    copy = copied_kit(tmp_path, "nsm-sensor", line, f"KIT_BUILT={made}")
    old = now - 2 * DAY
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kit, "NSM_SENSOR", copy)
        assert "cannot be right either" in box.refuses(telling(time_signer(provider, old), old))
        assert box.ask(telling(time_signer(provider, now), now)).code == 0


@pytest.mark.parametrize("body", [b"", b"\x30\x00", b"<html>", b"\x30\x05\x30\x03\x02\x01\x02", b"\0" * 17000])
def test_what_is_no_answer_is_refused(box: Box, body: bytes) -> None:
    box.refuses(Answer(body=body, headers=REPLY))


def copied_kit(folder: Path, path: str, old: str, new: str) -> Path:
    """The kit with one line changed."""
    shutil.copytree(kit.KIT, folder / "kit")
    file = folder / "kit" / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return folder / "kit" / "nsm-sensor"
