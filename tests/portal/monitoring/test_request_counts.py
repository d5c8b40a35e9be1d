"""What a door has answered, by call and status, from its processes to the monitor's page."""

import json
import os
import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from portal.machine_calls import count_machine_calls
from portal.monitoring import request_counts, views
from portal.monitoring.metrics import metrics_page
from portal.monitoring.request_counts import BUCKETS, RequestCounts, read_request_counts
from tests.support.checkout import CHECKOUT
from tests.support.monitoring_examples import EXAMPLE

NONE = [0] * (len(BUCKETS) + 1)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_counts, "_SECONDS_BETWEEN", 0.0)


def counted(folder: Path) -> dict[tuple[str, str], int]:
    found = read_request_counts({"people": folder})
    return {(call, status): sum(one.buckets) for (_, call, status), one in found.items()}


def test_processes_of_a_door_are_added_up_also_those_that_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for process in (7, 8):
        monkeypatch.setattr(os, "getpid", lambda process=process: process)
        counts = RequestCounts(tmp_path)
        for seconds in (0.001, 0.01, 0.3, 99.0):
            counts.note("/v1/disk-key", 200, seconds)
        counts.note("/v1/disk-key", 423, 0.1)
    found = read_request_counts({"sensors": tmp_path})
    assert found["sensors", "/v1/disk-key", "2xx"].buckets == [4, 0, 0, 2, 0, 0, 2]
    assert found["sensors", "/v1/disk-key", "4xx"].buckets == [0, 0, 2, 0, 0, 0, 0]
    page = metrics_page(EXAMPLE, {}, found).decode()
    assert (
        'nsmaas_request_duration_seconds_bucket{call="/v1/disk-key",door="sensors",le="1.0",status="2xx"} 6.0' in page
    )
    assert 'nsmaas_request_duration_seconds_count{call="/v1/disk-key",door="sensors",status="2xx"} 8.0' in page


def test_a_page_is_counted_by_its_route_and_a_path_that_leads_nowhere_as_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None
):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    client = Client()
    for path in (
        "/",
        "/accounts/login/",
        "/secret-a",
        "/secret-b/?token=secret-c",
        "/health/live",
        "/api/v1/sensors/7/",
    ):
        client.get(path)
    client.get("/sensors/6f0cbf0e-1111-4222-8333-444455556666/")
    found = counted(tmp_path)
    assert found["/", "3xx"] == 1
    assert found["/accounts/login/", "2xx"] == 1
    assert found["unknown", "4xx"] == 2
    [file] = tmp_path.iterdir()
    assert not re.search("secret|6f0cbf0e|health", file.read_text())
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_machines_call_is_counted_by_its_name_in_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    answer = count_machine_calls(lambda _request: HttpResponse(status=403))
    for path in ("/v1/disk-key", "/v1/disk-key/", "/v1/s-abcdef", "/", "//v1/disk-key"):
        answer(RequestFactory().post(path, headers={"X-Client-Subject": "s-abcdef"}))
    assert counted(tmp_path) == {("/v1/disk-key", "4xx"): 1, ("unknown", "4xx"): 4}


def test_without_a_folder_nothing_is_counted_and_a_full_disk_stops_nothing(tmp_path: Path):
    RequestCounts(None).note("/", 200, 0.1)
    RequestCounts(tmp_path / "nowhere").note("/", 200, 0.1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        "[" * 100_000,
        '["x"]',
        json.dumps([["/", "2xx", 1.0, [1]]]),
        json.dumps([["/", "2xx", -1.0, NONE]]),
        json.dumps([["/", "2xx", 1.0, [*NONE[:-1], -1]]]),
        json.dumps([["/", "2xx", 1.0, [*NONE[:-1], True]]]),
        json.dumps([["/", "2xx", 1.0, [*NONE[:-1], 10**400]]]),
        json.dumps([["/", "9xx", 1.0, NONE]]),
        json.dumps([['/"} 1\nnsmaas_cases_open 0', "2xx", 1.0, NONE]]),
        json.dumps([["x" * 201, "2xx", 1.0, NONE]]),
        '[["/", "2xx", NaN, [0,0,0,0,0,0,0]]]',
        " " * request_counts._LARGEST + "[]",
    ],
)
def test_a_process_that_writes_something_else_is_not_heard(tmp_path: Path, text: str):
    (tmp_path / "requests-1.json").write_text(text)
    assert read_request_counts({"people": tmp_path}) == {}


def test_the_monitor_follows_no_link_waits_for_no_pipe_and_holds_so_many(tmp_path: Path):
    row = json.dumps([["/", "2xx", 1.0, [1, *NONE[1:]]]])
    (tmp_path / "elsewhere").write_text(row)
    (tmp_path / "requests-1.json").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "requests-2.json")
    (tmp_path / "requests-3.json").mkdir()
    assert read_request_counts({"people": tmp_path, "gone": tmp_path / "nowhere"}) == {}
    many = [[f"/{number}", "2xx", 1.0, NONE] for number in range(request_counts._MOST_SERIES + 50)]
    (tmp_path / "requests-4.json").write_text(json.dumps(many))
    other = tmp_path / "other"
    other.mkdir()
    RequestCounts(other).note("/", 200, 0.1)
    found = read_request_counts({"people": tmp_path, "machines-sensors": other})
    assert len(found) == request_counts._MOST_SERIES + 1, "what one door writes takes no other's away"


def test_each_unit_that_serves_a_door_has_the_folder_that_the_monitor_reads():
    found = {}
    for unit in (CHECKOUT / "portal/deploy/systemd").glob("*.service"):
        if re.search(r"portal\.wsgi_(people|machines):", unit.read_text()):
            [folder] = re.findall(r"^RuntimeDirectory=(\S+)\nRuntimeDirectoryMode=0755$", unit.read_text(), re.M)
            assert f"nsmaas-{folder.removeprefix('nsmaas-')}.service" == unit.name
            found[folder.removeprefix("nsmaas-")] = Path("/run") / folder
    assert found == views.FOLDERS
