"""The OpenAPI description is sound, and whatever fits it or nearly does makes no call fall over."""

import json
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from schemathesis.core import NOT_SET
from schemathesis.core.result import Ok

from tests.support.fleet import Fleet
from tests.support.purses import fill_purses
from tests.support.signed_in import As
from tests.support.street import undone


def test_it_is_made_without_a_warning(tmp_path: Any):
    errors = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"), stderr=errors)
    assert (tmp_path / "schema.yml").stat().st_size > 1000


def send(client: Client, case: Any) -> Any:
    """Through Django's own client, since the database's transaction is this test's."""
    query = f"?{urlencode(case.query, doseq=True)}" if case.query else ""
    body = b"" if case.body is NOT_SET else json.dumps(case.body).encode()
    return client.generic(case.method, case.formatted_path + query, body, content_type="application/json")


@pytest.mark.long
def test_no_call_falls_over_whatever_it_is_sent(fleet: Fleet, signed_in: As):
    fleet.reported(fleet.connected("box-1"))
    client = signed_in(fleet.world.administrator)
    client.raise_request_exception = False
    schema = schemathesis.openapi.from_dict(client.get("/api/schema/?format=json").json())
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert len(operations) > 12
    for operation in operations:
        answered = try_examples(client, operation)
        assert answered, operation.label
        assert all(status < 500 for status in answered), operation.label


def try_examples(client: Client, operation: Any) -> list[int]:
    """The statuses of a bounded number of examples, the same ones each time."""
    answered: list[int] = []

    @bounded(max_examples=15, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def try_one(case: Any) -> None:
        fill_purses()
        with undone():
            answered.append(send(client, case).status_code)

    try_one()
    return answered
