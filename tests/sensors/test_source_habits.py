"""Habits that hold the design together, looked for in the source itself. Each is tried on a planted breach, too."""

import ast
import re
from collections.abc import Callable

import pytest
from django.apps import apps

from tests.support.sensors.source import PACKAGES, dotted, modules_of_the_product

STARTING = ("portal/celery.py", "celery.signals")
Finder = Callable[[str, ast.Module], list[str]]
# Rows of a customer, of the fleet, or of people: doors begin with who may see them, or with a row that was found that
# way. Every model of ours is one, from its first day.
TENANT_MODELS = {model.__name__ for model in apps.get_models() if model.__module__.partition(".")[0] in PACKAGES}
# What people come in by: `pages`, `api` and `admin`, a folder or one file, of each subject and of each app.
DOORS = re.compile(r"(sensors|tenants|accounts)/(\w+/)?(pages|api|admin)(/|\.py$)|tenants/provider_admin\.py")
# Certificates know no customer: they are asked for by the subject of a row that was found.
# Who holds a loss card has no account: the card of its code, and the boxes of that card, are the audience.
OPENINGS = {"visible_to", "permitting", "none", "of_subject", "with_code", "offered_by"}
# A door may also go on from a row that it has found by audience: `Session.objects.filter(sensor=found)`.
FOUND = {
    "site",
    "sensor",
    "sensor__in",
    "case",
    "customer",
    "customer__in",
    "gateway",
    "about",
    "sensor__site__customer",
}


def writers_of_state(path: str, tree: ast.Module) -> list[str]:
    """Assignments to `.state`, and `state=` in whatever updates or creates rows."""
    found: list[str] = []
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = [part for target in node.targets for part in ast.walk(target) if isinstance(part, ast.expr)]
        if isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        found += [
            f"{path}:{target.lineno}"
            for target in targets
            if isinstance(target, ast.Attribute) and target.attr == "state"
        ]
        if isinstance(node, ast.Call):
            name = dotted(node.func).split(".")[-1]
            writes = {"update", "create", "get_or_create", "update_or_create", "Sensor", "setattr", "replace"}
            named = {keyword.arg for keyword in node.keywords}
            told = {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
            if name in writes and ("state" in named or (name == "setattr" and "state" in told)):
                found.append(f"{path}:{node.lineno}")
            if name in {"bulk_update", "save", "RepeatedUpdate"} and "state" in constants_of(node):
                found.append(f"{path}:{node.lineno}")
    return found


def constants_of(node: ast.AST) -> set[object]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}


def signals(path: str, tree: ast.Module) -> list[str]:
    """Celery's tell of a process that starts, before there is anything else to call; no other is used."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and (path, node.module) != STARTING:
            names = {alias.name for alias in node.names}
            if "signals" in node.module.split(".") or "signals" in names or "receiver" in names:
                found.append(f"{path}:{node.lineno}")
        if isinstance(node, ast.Import) and any("signals" in alias.name for alias in node.names):
            found.append(f"{path}:{node.lineno}")
        if isinstance(node, ast.Attribute) and node.attr in {"pre_save", "post_save", "post_delete", "m2m_changed"}:
            found.append(f"{path}:{node.lineno}")
    return found


def unscoped_queries(path: str, tree: ast.Module) -> list[str]:
    """`Model.objects.x(...)` in a door where x neither names an audience nor goes on from a row that was found."""
    if not DOORS.match(path):
        return []
    found: list[str] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        model, _, method = dotted(node.func).partition(".objects.")
        model = model.rpartition(".")[2]
        if model not in TENANT_MODELS or not method or "." in method or method in OPENINGS:
            continue
        named = {keyword.arg for keyword in node.keywords}
        if method != "filter" or not named & FOUND:
            found.append(f"{path}:{node.lineno}: {model}.objects.{method}")
    return found


def everywhere(find: Finder) -> list[str]:
    return [place for path, tree in modules_of_the_product().items() for place in find(path, tree)]


def test_the_state_of_a_sensor_has_one_writer():
    places = everywhere(writers_of_state)
    assert [place.split(":")[0] for place in places] == ["sensors/fleet/operations/change_state.py"] * 2


def test_no_signals_are_used():
    assert everywhere(signals) == []


def test_doors_begin_with_who_may_see():
    assert everywhere(unscoped_queries) == []


@pytest.mark.parametrize(
    ("find", "planted"),
    [
        (writers_of_state, "sensor.state = SensorState.RETIRED"),
        (writers_of_state, "other, sensor.state = 1, 2"),
        (writers_of_state, "Sensor.objects.filter(pk=1).update(state='retired')"),
        (writers_of_state, "Sensor.objects.create(site=site, state='in-service')"),
        (writers_of_state, "setattr(sensor, 'state', 'retired')"),
        (writers_of_state, "Sensor.objects.bulk_update(sensors, ['state'])"),
        (writers_of_state, "sensor.save(update_fields=['state'])"),
        (writers_of_state, "RepeatedUpdate(Sensor, where='id', changes=('name', 'state'))"),
        (signals, "from django.db.models.signals import post_save"),
        (signals, "from django.dispatch import receiver"),
        (signals, "from django.db.models import signals"),
        (signals, "models.signals.post_save.connect(handler)"),
        (unscoped_queries, "Sensor.objects.all()"),
        (unscoped_queries, "Sensor.objects.get(pk=pk)"),
        (unscoped_queries, "get_object_or_404(Case.objects.filter(pk=pk))"),
        (unscoped_queries, "models.KeyPermit.objects.latest()"),
        (unscoped_queries, "Customer.objects.exclude(name='x').first()"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_planted_breach_is_found(find: Finder, planted: str):
    assert find("sensors/cases/pages/planted.py", ast.parse(planted))
    assert find("sensors/keys/api.py", ast.parse(planted))


@pytest.mark.parametrize(
    "fine",
    [
        "Sensor.objects.visible_to(request.user).filter(pk=pk)",
        "Sensor.objects.permitting(person, Permission.LOSS_REPORT).get(pk=pk)",
        "Case.objects.filter(sensor=found, closed_at=None).first()",
        "state = sensor.state",
        "if sensor.state == SensorState.RETIRED: pass",
    ],
)
def test_what_is_meant_is_not_found(fine: str):
    tree = ast.parse(fine)
    assert not [
        place
        for find in (writers_of_state, signals, unscoped_queries)
        for place in find("sensors/cases/pages/x.py", tree)
    ]
