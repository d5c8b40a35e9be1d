"""Hand out several sensors' disk keys in one transaction: most of what a release costs is asked of the database once.

Only where all is as it should be and nobody else is at work on the box or its customer's audit chain. So nobody waits
here for anybody, no two such transactions wait for each other, and no customer can keep another one's boxes waiting.
Everything else is left to `release_disk_key`, which also says why not.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from pki.escrow.vault import open_disk_keys
from pki.models import Certificate
from sensors.keys.confirmed_sessions import Confirmation
from sensors.keys.operations.read_release_facts import Known, read_free_release_facts
from sensors.keys.operations.release_disk_key import RECORD, Answer, audit_of_release, release_row
from sensors.keys.operations.settled_changes import settled_long_ago
from sensors.keys.release_decision import Reason, Verdict, decide
from sensors.models import Sensor
from tenants.audit.record_audit import CustomerEntry
from tenants.audit.record_audits import FreeChains


class KeyRequest(NamedTuple):
    """What `release_disk_key` takes."""

    sensor: Sensor
    certificate: Certificate
    source: str
    confirmation: Confirmation


class _Fitting(NamedTuple):
    request: KeyRequest
    known: Known
    verdict: Verdict
    now: datetime

    def row(self) -> dict[str, object]:
        _, certificate, source, confirmation = self.request
        return release_row(self.known, certificate, source, confirmation, self.verdict, self.now)

    def audit(self) -> CustomerEntry:
        _, certificate, source, confirmation = self.request
        return audit_of_release(self.known, certificate, source, confirmation, self.verdict)


@transaction.atomic(durable=True)
def release_disk_keys(*, requests: Sequence[KeyRequest]) -> dict[UUID, Answer]:
    """The answers that could be given, by the sensor's key. Each sensor may be named once.

    PostgreSQL's alone. Raises as `pki.escrow.vault.open_secret` does, and then nothing was released.
    """
    known = read_free_release_facts(asked=[(request.sensor, request.certificate) for request in requests])
    fitting = list(_fitting(requests, known, timezone.now()))
    # A box whose key is still to be made is left out, too.
    keys = open_disk_keys(subjects=[each.known.subject for each in fitting])
    fitting = [each for each in fitting if each.known.subject in keys]
    chains = FreeChains(each.known.customer for each in fitting)
    fitting = [each for each in fitting if each.known.customer in chains]
    if fitting:
        RECORD.many([each.row() for each in fitting])
        chains.append([each.audit() for each in fitting])
    return {each.known.sensor_id: Answer(each.verdict, keys[each.known.subject]) for each in fitting}


def _fitting(requests: Sequence[KeyRequest], known: Mapping[UUID, Known], now: datetime) -> Iterator[_Fitting]:
    for request in requests:
        if (one := known.get(request.sensor.pk)) is None:
            continue
        settled = settled_long_ago(one, request.confirmation, None, now)
        facts = one.facts(
            request.certificate, request.source, request.confirmation, now, permit=None, changes_settled=settled
        )
        verdict = decide(facts)
        if verdict.reason is Reason.ALL_FACTS_FIT:
            yield _Fitting(request, one, verdict, now)
