"""What the agent tells those who watch this host, in a file for node_exporter's textfile collector.

The file stays when the agent ends: how old it is says so. Nothing in it names a sensor or a customer.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from gateway import __version__
from gateway.atomic_files import write_atomically
from gateway.metrics import Labels, Metric, by_label, exposition, gauge
from gateway.openvpn.session_watches import SessionWatches
from gateway.problems import Problems
from gateway.state_keeper import StateKeeper
from gateway.to_portal.certificates import CertificateUnfit, days_left
from gateway.to_portal.reporting import Reporting

# The program that watches is another user; it is of no use to anybody else.
MODE = 0o644
MetricsSource = Callable[[], Iterable[Metric]]


def metrics_of_agent(
    *, keeper: StateKeeper, watch: SessionWatches, reporting: Reporting, problems: Problems, certificate: Path
) -> Iterator[Metric]:
    now = time.time()
    version: dict[Labels, float] = {(("version", __version__), ("openvpn_version", watch.version)): 1.0}
    yield Metric("nsmaas_agent_info", "The agent, and the OpenVPN that it speaks to.", version)
    yield gauge("nsmaas_agent_written_timestamp_seconds", "When this was written.", now)
    if reporting.accepted_at is not None:
        text = "When the portal last accepted a report; not there before the first."
        yield gauge("nsmaas_agent_report_accepted_timestamp_seconds", text, reporting.accepted_at)
    yield gauge("nsmaas_agent_outbox_sightings", "Sightings that wait to be told.", reporting.waiting_sightings)
    is_up = watch.problem is None and watch.sessions is not None
    yield gauge(
        "nsmaas_agent_openvpn_up", "Whether OpenVPN answers on its management socket, or both do.", float(is_up)
    )
    if watch.sessions is not None:
        yield gauge("nsmaas_agent_sessions", "Sessions of OpenVPN.", len(watch.sessions))
    yield gauge(
        "nsmaas_agent_generation", "The portal's generation that is in place as a whole.", keeper.state.generation
    )
    yield gauge(
        "nsmaas_agent_unfinished_cuts",
        "Cuts that the portal does not know to be complete.",
        len(keeper.state.unreported_cuts),
    )
    text = "Whether the firewall's table was the wanted one when the agent last looked."
    yield gauge("nsmaas_agent_table_whole", text, float(keeper.table_is_whole()))
    found = {problem["code"]: 1.0 for problem in problems.as_json()}
    yield by_label("nsmaas_agent_problem", "What is wrong on this host now, by its code.", "code", found)
    try:
        left = days_left(certificate, dt.datetime.fromtimestamp(now, dt.UTC))
    except CertificateUnfit:
        return  # It is a problem already, by its code.
    text = "When this gateway's certificate ends."
    yield gauge("nsmaas_agent_certificate_not_after_timestamp_seconds", text, now + left * 86400)


def write_metrics(path: Path, sources: Iterable[MetricsSource]) -> str | None:
    """None, or why it could not be written: nothing else waits for it, and nothing is lost with it."""
    try:
        text = exposition(metric for source in sources for metric in source())
        write_atomically(path, text.encode(), mode=MODE, durable=False)
    except OSError as error:
        return f"{path.name}: {error.strerror}"
    except ValueError as error:
        return str(error)
    return None
