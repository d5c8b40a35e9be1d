"""When an account counts as one of two people: the whole decision, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tenants.account_standing import Standing, why_it_does_not_count

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


AN_HOUR_AGO = ago(hours=1)


def why(*, asked_at: datetime | None = AN_HOUR_AGO, **facts: Any) -> str:
    """Of one that was made on the host long ago, but for what is said."""
    known: dict[str, Any] = {
        "name": "Evil Twin",
        "changed_at": ago(days=300),
        "meddled_at": None,
        "told_at": None,
        "factor_since": ago(days=299),
        "factor_demanded": True,
    }
    return why_it_does_not_count(Standing(**known | facts), now=NOW, settles_after=WEEK, asked_at=asked_at)


def test_one_that_the_owner_of_the_host_made_counts():
    assert why() == ""


def test_one_without_a_second_factor_does_not_where_one_is_demanded():
    assert "no second factor" in why(factor_since=None)
    assert why(factor_since=None, factor_demanded=False) == ""


@pytest.mark.parametrize("changed", [ago(hours=1), ago(minutes=59), ago()])
def test_one_changed_since_the_request_does_not(changed: datetime):
    assert "after this was asked for" in why(changed_at=changed)
    assert why(changed_at=changed, asked_at=None) == "", "the one who asks may have done so the moment before"


def test_one_changed_a_moment_before_the_request_does():
    assert why(changed_at=ago(hours=1, microseconds=1)) == ""


MEDDLED = {"meddled_at": ago(days=8), "told_at": ago(days=8), "factor_since": ago(days=8)}


def test_one_that_somebody_made_counts_once_everything_is_a_week_old():
    assert why(**MEDDLED) == ""


@pytest.mark.parametrize("young", MEDDLED)
def test_until_then_it_says_from_when_on(young: str):
    facts = MEDDLED | {young: ago(days=7) + timedelta(minutes=1)}
    assert why(**facts).endswith("It counts as one of two people from 20 March 2026, 12:01 UTC on.")
    assert why(**MEDDLED | {young: ago(days=7)}) == ""


@pytest.mark.parametrize("missing", ["told_at", "factor_since"])
@pytest.mark.parametrize("demanded", [True, False])
def test_time_does_not_help_one_of_which_nobody_was_told_or_that_has_no_factor(missing: str, demanded: bool):  # noqa: FBT001
    facts: dict[str, Any] = {"meddled_at": ago(days=900), "told_at": ago(days=900), "factor_since": ago(days=900)}
    assert why(factor_demanded=demanded, **facts) == ""
    assert why(factor_demanded=demanded, **facts | {missing: None})


def test_who_asks_is_measured_like_who_agrees():
    assert why(asked_at=None, **MEDDLED | {"meddled_at": ago(days=1)})
