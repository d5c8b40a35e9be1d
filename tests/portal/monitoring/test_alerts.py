"""The alert rules and the dashboard speak of what is really exported, and each alert says what to do."""

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.agent import Agent
from gateway.agent_directory import AgentDirectory
from gateway.metrics_of_agent import write_metrics
from gateway.to_portal.portal_threads import ReportAnswered
from tests.support.authority import make_authority
from tests.support.checkout import CHECKOUT
from tests.support.metrics import read_metrics
from tests.support.monitoring_examples import exported_by_portal

FOLDER = CHECKOUT / "docs" / "monitoring"
NAME = re.compile(r"\bnsmaas_[a-z0-9_]+")


def rules() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    return [panel for panel in found if panel["type"] != "row"]


def expressions() -> list[str]:
    return [target["expr"] for panel in panels() for target in panel["targets"]]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return exported_by_portal() | exported_by_agent(tmp_path_factory.mktemp("agent"))


def exported_by_agent(folder: Path) -> set[str]:
    """Of one that knows everything, and has a problem."""

    def nothing(*_: object) -> None: ...

    agent = Agent(
        AgentDirectory(folder), send=nothing, answer=nothing, applied=nothing, recall=nothing, snapshot_seconds=30.0
    )
    agent.directory.certificate.write_text(make_authority().issue("g-abcdefghijkl").certificate)
    agent.watch.udp.problem, agent.watch.sessions = None, {}
    agent.problems.set("disk-failed", "it is full")
    agent.reporting.report(generation=0, watch=agent.watch, cuts=[], now=time.monotonic())
    agent.reporting.take_answer(ReportAnswered(204, None), time.monotonic())
    assert write_metrics(agent.directory.metrics, agent.metrics) is None
    return {name for name, *_ in read_metrics(agent.directory.metrics.read_text())}


def test_every_metric_that_an_alert_asks_for_is_exported(exported: set[str]):
    asked = {name for rule in rules().values() for name in NAME.findall(rule["expr"])}
    assert asked - exported == set()
    assert len(asked) > 20


def test_every_metric_that_the_dashboard_shows_is_exported(exported: set[str]):
    shown = {name for text in expressions() for name in NAME.findall(text)}
    assert shown - exported == set()


def test_every_metric_that_is_exported_is_shown(exported: set[str]):
    """Or it is counted for nobody."""
    assert exported - {name for text in expressions() for name in NAME.findall(text)} == set()


@pytest.mark.parametrize("alert", rules())
def test_an_alert_asks_for_something_of_ours_and_says_what_to_do(alert: str):
    rule = rules()[alert]
    # `up` is Prometheus' own: whether a target could be read.
    assert NAME.search(rule["expr"]) or "up{" in rule["expr"]
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"].keys() == {"summary", "action"}
    assert rule["annotations"]["summary"].endswith(".")
    assert len(rule["annotations"]["action"]) > 60


def test_the_labels_in_an_alerts_words_are_those_of_its_metric():
    labels = {"gateway", "door", "kind", "name", "reason", "instance", "code"}
    for rule in rules().values():
        assert set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"]))) <= labels


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not():
    cases = yaml.safe_load((FOLDER / "alerts_test.yml").read_text())["tests"]
    fires = {(test["alertname"], bool(test["exp_alerts"])) for case in cases for test in case["alert_rule_test"]}
    assert fires == {(alert, whether) for alert in rules() for whether in (True, False)}


def test_the_dashboard_can_be_imported_by_whoever_has_a_prometheus():
    board = json.loads((FOLDER / "dashboard.json").read_text())
    assert [variable["name"] for variable in board["templating"]["list"]] == ["source"]
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    for panel in panels():
        assert panel["datasource"]["uid"] == "${source}"
        assert panel["title"]


@pytest.mark.live
@pytest.mark.parametrize("command", [["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"]])
def test_prometheus_own_tool_takes_the_rules(command: list[str]):
    done = subprocess.run(["promtool", *command], cwd=FOLDER, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
