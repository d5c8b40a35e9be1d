"""What the agent writes for those who watch its host, as Prometheus' own reader reads it."""

import datetime as dt
import os
import time
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.agent import Agent
from gateway.agent_directory import AgentDirectory
from gateway.metrics import Metric, by_label, exposition, gauge
from gateway.metrics_of_agent import write_metrics
from gateway.openvpn.sessions import Session
from gateway.to_portal.portal_threads import ReportAnswered
from tests.support.authority import make_authority
from tests.support.metrics import read_metrics

AWKWARD = 'a "quoted" back\\slash\nand a line } {x="1"} 2'


@pytest.mark.parametrize("value", [0, 1, -1.5, 1767225600.25, 1e-9, 2**62, float("inf")])
def test_a_value_is_read_as_it_was_written(value: float):
    assert read_metrics(exposition([gauge("a_metric", "What it is.", value)])) == {("a_metric",): value}


def test_no_label_and_no_text_gets_out_of_its_place():
    text = exposition([by_label("a_metric", AWKWARD, "code", {AWKWARD: 1, "": 2})])
    [family] = text_string_to_metric_families(text)
    assert family.documentation == AWKWARD
    assert read_metrics(text) == {("a_metric", AWKWARD): 1, ("a_metric", ""): 2}


def test_a_metric_without_samples_is_none():
    assert read_metrics(exposition([Metric("a_metric", "What it is.")])) == {}


@pytest.mark.parametrize("names", [["twice", "twice"], ["a-name"], ["a name"], [""], ["a\nname"], ["a{b}"]])
def test_what_prometheus_would_refuse_is_not_written(names: list[str], tmp_path: Path):
    path = tmp_path / "metrics.prom"
    assert "no name for a metric" in (write_metrics(path, [lambda: [gauge(name, "", 1) for name in names]]) or "")
    assert not path.exists()


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(
        AgentDirectory(tmp_path),
        send=lambda _: None,
        answer=lambda _: None,
        applied=lambda _: None,
        recall=lambda *_: None,
        snapshot_seconds=30.0,
    )


def written(agent: Agent) -> dict[Any, float]:
    assert write_metrics(agent.directory.metrics, agent.metrics) is None
    return read_metrics(agent.directory.metrics.read_text())


def test_an_agent_that_knows_nothing_claims_nothing(agent: Agent):
    found = written(agent)
    assert found["nsmaas_agent_openvpn_up",] == found["nsmaas_agent_table_whole",] == 0
    assert ("nsmaas_agent_sessions",) not in found
    assert ("nsmaas_agent_report_accepted_timestamp_seconds",) not in found
    assert ("nsmaas_agent_certificate_not_after_timestamp_seconds",) not in found
    assert time.time() - found["nsmaas_agent_written_timestamp_seconds",] < 60


def test_what_it_knows_is_there(agent: Agent):
    authority = make_authority()
    agent.directory.certificate.write_bytes(authority.issue("g-abcdefghijkl").certificate.encode())
    agent.watch.udp.problem, agent.watch.udp.served, agent.watch.udp.version = None, True, "2.6.3"
    agent.watch.sessions = agent.watch.last_known = {"s-abcdefghijkl": some_session()}
    agent.problems.set("state-refused", AWKWARD)
    agent.reporting.report(generation=0, watch=agent.watch, cuts=[], now=time.monotonic())
    agent.reporting.take_answer(ReportAnswered(204, None), time.monotonic())
    found = written(agent)
    assert found["nsmaas_agent_openvpn_up",] == found["nsmaas_agent_sessions",] == 1
    assert found["nsmaas_agent_problem", "state-refused"] == 1
    assert found["nsmaas_agent_info", agent_version(), "2.6.3"] == 1
    assert time.time() - found["nsmaas_agent_report_accepted_timestamp_seconds",] < 60
    assert found["nsmaas_agent_certificate_not_after_timestamp_seconds",] > dt.datetime.now(dt.UTC).timestamp()
    # Nothing names a box, and no text of a problem goes out: that may hold a stranger's words.
    text = agent.directory.metrics.read_text()
    assert "s-abcdefghijkl" not in text
    assert "quoted" not in text


def test_others_add_what_they_count(agent: Agent):
    agent.metrics.append(lambda: [gauge("nsmaas_agent_rule_whole", "Whether the rule stands.", 1)])
    assert written(agent)["nsmaas_agent_rule_whole",] == 1


def test_whoever_watches_may_read_the_file_and_finds_it_whole(agent: Agent):
    written(agent)
    assert agent.directory.metrics.stat().st_mode & 0o777 == 0o644
    assert not [name for name in os.listdir(agent.directory.root) if name.endswith(".new")]


def test_a_disk_that_takes_nothing_is_a_problem_and_no_end(agent: Agent):
    agent.directory.metrics.mkdir()
    said = write_metrics(agent.directory.metrics, agent.metrics)
    assert said is not None
    assert "metrics.prom" in said


def agent_version() -> str:
    from gateway import __version__

    return __version__


def some_session() -> Session:
    return Session(
        subject="s-abcdefghijkl",
        public_address="198.51.100.21",
        underlay_address="10.88.0.5",
        since=1767225600,
        client=3,
        serial="1",
        bytes_received=1,
        bytes_sent=1,
    )
