"""Two hosts whose clocks differ by seconds: whatever was done at one and then at the other stays in its order."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from pki.authority.operations.publish_crl import publish_crl
from pki.authority.signers import configured_signer
from pki.models import CertificateRevocationList
from sensors.keys.release_decision import Outcome, Reason
from tenants.audit.verify_audit import verify_audit
from tenants.models import AuditEntry
from tests.support.fleet import Fleet, fleet
from tests.support.later import later
from tests.support.sensors.release_stories import ask_for_key

__all__ = ["fleet", "later"]

Move = Callable[[timedelta], None]
# Of the other host's clock.
APART = [timedelta(seconds=7), timedelta(seconds=-7)]


@pytest.mark.parametrize("apart", APART, ids=["ahead", "behind"])
def test_no_key_after_the_report_whichever_clock_is_ahead(fleet: Fleet, later: Move, apart: timedelta):
    sensor = fleet.connected()
    assert ask_for_key(fleet, sensor).verdict.outcome is Outcome.RELEASED
    later(apart)
    fleet.reported(sensor)
    later(-apart)
    answer = ask_for_key(fleet, sensor)
    assert (answer.verdict.outcome, answer.verdict.reason) == (Outcome.REFUSED, Reason.CASE_OPEN)


@pytest.mark.parametrize("apart", APART, ids=["ahead", "behind"])
def test_audit_rows_keep_the_order_in_which_things_were_done(fleet: Fleet, later: Move, apart: timedelta):
    sensor = fleet.connected()
    ask_for_key(fleet, sensor)
    later(apart)
    fleet.reported(sensor)
    later(-apart)
    ask_for_key(fleet, sensor)
    chain = AuditEntry.objects.filter(chain=AuditEntry.objects.latest("pk").chain).order_by("sequence")
    told = [entry.action for entry in chain]
    assert told.index("sensor:disk-key:release") < told.index("case:open") < told.index("sensor:disk-key:refuse")
    # Raises if it does not.
    verify_audit(chain=AuditEntry.objects.latest("pk").chain)


def test_a_certificate_signed_by_a_clock_that_is_ahead_counts_at_once_at_the_other(fleet: Fleet, later: Move):
    later(APART[0])
    sensor = fleet.connected()
    later(APART[1])
    assert ask_for_key(fleet, sensor).verdict.outcome is Outcome.RELEASED


def test_no_revocation_list_is_from_the_future_or_older_than_the_one_before(fleet: Fleet):
    now, signer = timezone.now(), configured_signer()
    for apart in (*APART, *APART):
        publish_crl(authority=fleet.authority, signer=signer, now=now + apart, force=True)
    lists = CertificateRevocationList.objects.order_by("number")
    times = [one.this_update for one in lists]
    assert [one.number for one in lists] == list(range(1, len(times) + 1))
    assert times == sorted(set(times))
    assert times[-1] < now
