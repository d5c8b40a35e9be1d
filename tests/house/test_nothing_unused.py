"""Nothing of the product is there for the tests alone, or for nobody."""

import ast
import re
from functools import cache

import pytest
from django.conf import global_settings

from tests.support.unused import Named, product, unused, without_docstrings

# What has its use where the finder cannot see it.
ALLOWED = {
    "accounts/forms.py: _NotedCode.clean_code": "the form of allauth's that it is mixed into has this field",
    "portal/embedded_broker.py: Transport": "kombu finds it by the path that `use_for_filesystem_urls` puts together",
    "portal/steady_scheduler.py: SteadyScheduler": "Celery finds it by the path in `beat_scheduler`",
    "accounts/own_language.py: OwnLanguage.process_view": "Django asks each middleware of MIDDLEWARE for it",
    "accounts/sessions.py: SessionStore": "Django looks for it in the module that SESSION_ENGINE names",
    "tenants/models/person.py: Person.EMAIL_FIELD": "Django asks it of the model of people",
    "tenants/models/person.py: Person.USERNAME_FIELD": "Django asks it of the model of people",
    "portal/error_pages.py: SayBusy.process_exception": "Django asks each middleware of MIDDLEWARE for it",
    "portal/urls.py: handler400": "Django looks for it in the module that ROOT_URLCONF names",
    "portal/urls.py: handler500": "the same",
    "sensors/fleet/api/customers.py: CustomerViewSet.partial_update": "REST framework's router finds it for PATCH",
    "sensors/fleet/api/customers.py: SiteViewSet.partial_update": "the same",
    "sensors/fleet/api/sensors.py: SensorViewSet.partial_update": "the same",
    "lab/sensors.py: SensorBox.disconnect": "what a journey does to a box, beside what the demonstration does",
    "lab/visitor.py: Visitor.post_json": "the same, to REST",
    "lab/gateway.py: GatewayHost.stop_agent": "what a benchmark does to a gateway",
    "lab/processes.py: Processes.named": "a benchmark weighs some of the laboratory's processes",
}
# Who reads settings that we do not.
READ_BY_OTHERS = re.compile(
    "ACCOUNT_|ANONYMOUS_USER_NAME|CONTENT_SECURITY_POLICY|EMAIL_FILE_PATH|GUARDIAN_|MFA_|REST_FRAMEWORK|ROOT_URLCONF"
    "|SPECTACULAR_|UNFOLD|WHITENOISE_"
)
SETTINGS = "portal/settings.py"


def places(*sources: str) -> list[str]:
    trees = {f"planted/{number}.py": without_docstrings(ast.parse(text)) for number, text in enumerate(sources)}
    return [named.name for named in unused(trees, "")]


@cache
def ours() -> list[Named]:
    return unused(*product())


def test_everything_has_a_use_outside_its_own_definition_and_the_tests():
    found = {named.place for named in ours() if named.path != SETTINGS}
    assert sorted(found - set(ALLOWED)) == []


def test_every_setting_is_read_by_us_or_by_django_or_one_of_its_apps():
    settings = [named.name for named in ours() if named.path == SETTINGS]
    assert [name for name in settings if not hasattr(global_settings, name) and not READ_BY_OTHERS.match(name)] == []


def test_no_exception_is_left_that_is_none_any_more():
    assert set(ALLOWED) - {named.place for named in ours()} == set()


@pytest.mark.parametrize(
    ("planted", "name"),
    [
        (["def idle(): ..."], "idle"),
        (["def again(): again()"], "again"),
        (["class Idle: ..."], "Idle"),
        (["IDLE = 1"], "IDLE"),
        (['def idle():\n    """See `idle`."""'], "idle"),
        (["def idle(): ...", "from planted import idle"], "idle"),
        (["def idle(): ...", "def other(idle): return idle\nother(1)"], "idle"),
    ],
)
def test_what_nobody_uses_is_found(planted: list[str], name: str):
    assert places(*planted) == [name]


@pytest.mark.parametrize(
    "planted",
    [
        ["def busy(): ...\nbusy()"],
        ["def busy(): ...", "from planted import busy\nbusy()"],
        ["def busy(): ...", "import planted\nplanted.busy()"],
        ["def busy(): ...", "SOME = ['planted.busy']\nprint(SOME)"],
        ["class Busy: ...\ndef take(it: 'Busy | None'): ...\ntake(None)"],
        ["@register\ndef busy(): ..."],
    ],
)
def test_what_somebody_uses_is_not(planted: list[str]):
    assert places(*planted) == []


def test_a_query_is_used_when_it_is_called_and_not_by_a_fact_of_the_same_name():
    trees, texts = product()
    trees["sensors/models/sensor.py"] = without_docstrings(
        ast.parse(
            "class SensorQuerySet:\n    def in_service(self): ...\n"
            "class Facts: ...\nSensorQuerySet(), Facts().in_service"
        )
    )
    assert "sensors/models/sensor.py: SensorQuerySet.in_service" in {each.place for each in unused(trees, texts)}
