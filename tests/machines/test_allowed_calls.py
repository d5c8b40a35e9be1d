"""A machine makes the calls of its kind and no other, by one method and under one name each."""

import pytest

from tests.support.machines_door import GATEWAY_CALLS, SENSOR_CALLS, Machine, reason_of


@pytest.mark.parametrize(("method", "path"), GATEWAY_CALLS)
def test_a_sensor_may_make_no_call_of_a_gateway(box: Machine, method: str, path: str):
    assert reason_of(box.call(method, path)) == (403, "call-refused")


@pytest.mark.parametrize(("method", "path"), SENSOR_CALLS)
def test_a_gateway_may_make_no_call_of_a_sensor(agent: Machine, method: str, path: str):
    assert reason_of(agent.call(method, path)) == (403, "call-refused")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/v1/disk-key", "/v1/heartbeat", "/v1/certificate"])
def test_a_sensors_calls_answer_to_one_method_only(box: Machine, method: str, path: str):
    response = box.call(method, path)
    assert response.status_code == 403
    if method != "HEAD":
        assert reason_of(response) == (403, "call-refused")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v1/disk-key/",
        "/v1/disk-key%00",
        "/V1/DISK-KEY",
        "//v1/disk-key",
        "/v1//disk-key",
        "/v1/./disk-key",
        "/v1/../v1/disk-key",
        "/v1/disk-key;x",
        "/v1/heartbeat/../disk-key",
        "/v2/disk-key",
        "/api/v1/enrol",
        "/admin/",
        "/accounts/login/",
    ],
)
def test_a_call_that_the_table_does_not_name_is_refused(box: Machine, path: str):
    response = box.post(path)
    assert response.status_code in {403, 404}
    assert response.status_code == 404 or reason_of(response) == (403, "call-refused")


def test_a_method_cannot_be_overridden_by_a_header(agent: Machine):
    response = agent.call("POST", "/v1/gateway/state", extra={"X-HTTP-Method-Override": "GET"})
    assert reason_of(response) == (403, "call-refused")
