"""The monitor's one page."""

import logging
from pathlib import Path

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from limits.kept import Kept, NotInTime
from portal.monitoring.decisions import DecisionCounts
from portal.monitoring.gathering import gather_facts
from portal.monitoring.metrics import metrics_page
from portal.monitoring.request_counts import read_request_counts

logger = logging.getLogger(__name__)

_DECISIONS = DecisionCounts()
# What the units of the doors name in `RuntimeDirectory=`.
FOLDERS = {
    door: Path("/run") / f"nsmaas-{door}"
    for door in ("people", "machines-sensors", "machines-gateways", "machines-reports")
}
# However many ask: the database is asked once in so many seconds.
PAGE = Kept(
    lambda: metrics_page(gather_facts(), _DECISIONS.read(), read_request_counts(FOLDERS)), seconds=5, patience=8
)


@require_safe
def metrics(_request: HttpRequest) -> HttpResponse:
    """Without a database there is none, rather than an old one: then `up` is 0 for all who ask."""
    try:
        return HttpResponse(PAGE.get(), content_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})
    except (DatabaseError, InterfaceError, NotInTime) as error:
        logger.warning("no metrics: %s", type(error).__name__)
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
