"""What the kit asks and takes, and what the portal takes and signs, are written in two places: held together here."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, Queue

from django.utils import timezone

from sensors.enrolment.operations.stamp_times import stamp_times
from tests.support.fleet import Fleet, fleet
from tests.support.sensor_kit.clock import TIME_PATH, clock, is_right
from tests.support.sensor_kit.doors import Answer, Door, Request
from tests.support.sensor_kit.kit import Outcome, Sensor
from tests.support.time_stamps import ask_time

__all__ = ["fleet"]

AT_2020 = -2200


class RealPortal:
    """Answers as the portal does. It works in the test's own thread, since the database is that one's."""

    def __init__(self) -> None:
        self._asked: Queue[bytes] = Queue()
        self._answers: Queue[Answer] = Queue()
        self.statuses: list[int] = []

    def __call__(self, request: Request) -> Answer:
        self._asked.put(request.body)
        return self._answers.get(timeout=30)

    def serve(self, sensor: Sensor, path: Path) -> Outcome:
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(sensor.run, "clock", path=path)
            while not running.done():
                try:
                    body = self._asked.get(timeout=0.05)
                except Empty:
                    continue
                response = ask_time(body)
                self.statuses.append(response.status_code)
                self._answers.put(Answer(status=response.status_code, body=response.content))
                stamp_times(now=timezone.now())
            return running.result()


def test_a_box_at_2020_is_told_the_time(fleet: Fleet, sensor: Sensor, portal: Door, tmp_path: Path) -> None:
    (sensor.directory / "ca.crt").write_text(fleet.authority.pem)
    settings = sensor.directory / "sensor.conf"
    settings.write_text(f"{settings.read_text()}portal_url={portal.url}\n")
    real = RealPortal()
    portal.answers[TIME_PATH] = [real]
    path = clock(tmp_path, AT_2020)
    done = real.serve(sensor, path)
    assert (done.code, is_right(path)) == (0, True), done.err
    assert real.statuses == [202, 200]
