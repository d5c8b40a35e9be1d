"""Tries that are not counted: at the same moment, after a flood of others, in an undone transaction, without Redis."""

import ast
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pytest
from allauth.account import app_settings as account_settings
from allauth.core.internal.ratelimit import get_rates
from allauth.mfa import app_settings as mfa_settings
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rest_framework.throttling import SimpleRateThrottle

from accounts import budgets
from limits import stores
from limits.budget import Budget, Purse
from limits.checks import check_that_nothing_is_evicted
from limits.models import SpentPurse
from limits.operations.forget_full_purses import forget_full_purses
from limits.spending import OutOfBudget, spend
from limits.stores import DATABASE, Store
from limits.stores.database import DatabaseStore
from limits.stores.redis import RedisStore
from portal import env
from tests.support.at_once import at_once, results
from tests.support.checkout import CHECKOUT
from tests.support.purses import Clock
from tests.support.redis_server import RedisServer, redis_server
from tests.support.signed_in import no_static_files
from tests.support.soaking import rounds
from tests.support.visitors import OWNER, Browser, Looks, addresses
from tests.support.world import World, make_world

__all__ = ["no_static_files"]

pytestmark = [pytest.mark.long, pytest.mark.each_database]

FEW = Budget("test", burst=5, refill=3600)


@pytest.fixture(scope="module")
def server(live: None) -> Iterator[RedisServer]:
    with redis_server() as made:
        yield made


@pytest.fixture
def redis(server: RedisServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> RedisServer:
    """On a machine that does much else it may be slow, which must not be taken for its absence here."""
    server.start()
    server.client.flushall()
    settings.LIMITS_URL = server.url
    be_patient(monkeypatch, 20)
    return server


def be_patient(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("limits.stores.redis.PATIENCE", seconds)
    stores._store_at.cache_clear()


@pytest.fixture(params=["database", pytest.param("redis", marks=pytest.mark.live)])
def store(request: pytest.FixtureRequest) -> str:
    if request.param == "redis":
        request.getfixturevalue("redis")
    return str(request.param)


def allowed(*purses: Purse) -> bool:
    try:
        spend(*purses)
    except OutOfBudget:
        return False
    return True


@pytest.fixture
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """For all. Who looks at the clock first and is counted last is told to wait for those milliseconds."""
    now = time.time_ns() // 1_000_000
    monkeypatch.setattr("limits.spending._now", lambda: now)


@pytest.mark.usefixtures("store", "one_moment")
@pytest.mark.django_db(transaction=True)
def test_of_50_at_once_no_more_get_through_than_there_are():
    for round_ in range(3):
        purse = FEW.of(str(round_))
        assert sum(results(at_once([partial(allowed, purse)] * 50))) == FEW.burst


@pytest.mark.usefixtures("store", "one_moment")
@pytest.mark.django_db(transaction=True)
def test_of_50_at_once_that_need_several_purses_none_is_half_counted():
    """In every order: none waits for another that waits for it, and who is refused has taken nothing anywhere."""
    shared, wide = FEW.of("shared"), [Budget("a-wide", burst=50, refill=3600).of(str(number)) for number in range(3)]
    works = [partial(allowed, *wide[number % 3 :], shared, *wide[: number % 3]) for number in range(50)]
    assert sum(results(at_once(works))) == FEW.burst
    assert [sum(allowed(each) for _ in range(60)) for each in wide] == [50 - FEW.burst] * 3


@pytest.mark.usefixtures("store")
@pytest.mark.django_db(transaction=True)
def test_50_wrong_passwords_at_once_are_not_more_than_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, settings: Any
):
    make_world()
    looks = Looks(monkeypatch)
    monkeypatch.setattr("accounts.adapter.note_failed_try", lambda _failed: None)
    browsers = [Browser(address) for address in addresses(50)]
    results(at_once([browser.try_to_sign_in for browser in browsers]))
    assert 1 <= looks.taken() <= budgets.PASSWORDS_OF_ACCOUNT.burst


@pytest.mark.usefixtures("store", "db")
def test_what_others_have_spent_pushes_nothing_out():
    """Django's caches hold 300 records unless they are told otherwise, and then throw a third away."""
    purse = FEW.of("the one")
    assert sum(allowed(purse) for _ in range(10)) == FEW.burst
    for number in range(rounds(suite=600, soak=2000)):
        spend(FEW.of(f"somebody-{number}"))
    assert not allowed(purse)


def test_a_flood_at_other_accounts_gives_a_guesser_none_of_his_tries_back(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    looks = Looks(monkeypatch)
    others = rounds(suite=350, soak=700)
    everywhere = addresses(others + 20)
    for _ in range(20):
        Browser(next(everywhere)).try_to_sign_in()
    looks.taken()
    for number in range(others):
        Browser(next(everywhere)).try_to_sign_in(f"somebody-{number}@example.org")
    for address in addresses(20):
        Browser(address).try_to_sign_in()
    assert looks.taken() == 0


@pytest.mark.django_db(transaction=True)
def test_a_try_cannot_be_counted_in_a_transaction_that_may_be_undone():
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        spend(FEW.of("undone"))


class Model:
    """The rule itself, one after the other."""

    def __init__(self) -> None:
        self.full_at: dict[str, int] = {}

    def spend(self, purses: Sequence[Purse], now: int) -> int:
        wait = max(purse.wait(self.full_at.get(purse.key, 0), now) for purse in purses)
        if not wait:
            for purse in purses:
                full_at = self.full_at.get(purse.key, 0)
                self.full_at[purse.key] = (full_at if now <= full_at <= purse.absurd(now) else now) + purse.refill
        return wait

    def give_back(self, purses: Sequence[Purse]) -> None:
        for purse in purses:
            self.full_at[purse.key] = self.full_at.get(purse.key, 0) - purse.refill


PURSES = [Budget(f"b{burst}", burst=burst, refill=refill) for burst, refill in ((1, 7), (3, 20), (5, 1))]
# A clock goes on, stands still, and is put back: by a little, and by years.
STEPS = st.sampled_from([0, 1, 400, 3_000, 20_000, 90_000, -1, -2_000, -40_000, -90_000_000_000, 90_000_000_000])
TRIES = st.lists(st.tuples(STEPS, st.sets(st.integers(0, 2), min_size=1), st.booleans()), max_size=40)


@hypothesis_settings(max_examples=60, deadline=None)
@given(tries=TRIES)
def _both_agree_with_the_rule(store: Store, tries: list[tuple[int, set[int], bool]]) -> None:
    model, now = Model(), 1_900_000_000_000
    if isinstance(store, RedisStore):
        store.redis.flushall()
    SpentPurse.objects.all().delete()
    for step, chosen, was_right in tries:
        now += step
        purses = [PURSES[number].of("x") for number in sorted(chosen)]
        expected = model.spend(purses, now)
        assert store.spend(purses, now) == expected
        if was_right and not expected:
            store.give_back(purses)
            model.give_back(purses)


def test_the_databases_statement_says_what_the_rule_says(db: None):
    _both_agree_with_the_rule(DatabaseStore())


def test_redis_script_says_what_the_rule_says(db: None, redis: RedisServer):
    _both_agree_with_the_rule(RedisStore(redis.url))


def test_a_budget_comes_back_one_by_one(db: None, monkeypatch: pytest.MonkeyPatch):
    clock, budget = Clock(monkeypatch), Budget("slow", burst=3, refill=100)
    purse = budget.of("x")
    assert [allowed(purse) for _ in range(4)] == [True, True, True, False]
    with pytest.raises(OutOfBudget) as refusal:
        spend(purse)
    assert refusal.value.seconds == 100
    clock.move_on(100)
    assert [allowed(purse) for _ in range(2)] == [True, False]
    clock.move_on(10_000)
    assert [allowed(purse) for _ in range(4)] == [True, True, True, False]


def test_a_clock_that_was_wrong_shuts_nobody_out_for_years(db: None, monkeypatch: pytest.MonkeyPatch):
    clock = Clock(monkeypatch)
    clock.move_on(70 * 365 * 86400)
    purse = FEW.of("x")
    while allowed(purse):
        pass
    clock.move_on(-70 * 365 * 86400)
    assert allowed(purse)
    assert Purse("k", 1, 1000).wait(10**15, 10**12) == 0


@pytest.mark.usefixtures("redis")
def test_redis_forgets_a_purse_when_it_is_full_and_not_before(redis: RedisServer):
    spend(Budget("brief", burst=5, refill=1).of("x"))
    spend(FEW.of("x"))
    lives = sorted(redis.client.pttl(key) for key in redis.client.keys("nsmaas:limits:*"))
    assert 0 < lives[0] <= 1000
    assert 3_590_000 < lives[1] <= 3_600_000


def test_the_sweep_forgets_full_purses_and_no_other(db: None, monkeypatch: pytest.MonkeyPatch):
    spend(FEW.of("fresh"))
    SpentPurse.objects.create(key="old", full_at=1)
    assert forget_full_purses() == 1
    assert SpentPurse.objects.count() == 1


def test_without_redis_a_known_browser_gets_in_and_a_guesser_gets_no_second_budget(
    world: World, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
):
    looks = Looks(monkeypatch)
    known = Browser("198.51.100.21")
    assert known.signs_in()
    known.signs_out()
    looks.taken()
    for address in addresses(30):
        Browser(address).try_to_sign_in()
    redis.stop()
    for address in addresses(30):
        Browser(address).try_to_sign_in()
    assert looks.taken() == budgets.PASSWORDS_OF_ACCOUNT.burst + 1
    # Not at the first try alone: mistyped, without Redis, at three in the morning.
    for _ in range(3):
        known.try_to_sign_in()
    assert known.signs_in()


def test_without_redis_from_a_new_browser_too(world: World, redis: RedisServer):
    redis.stop()
    assert Browser("198.51.100.21").signs_in()
    assert Browser("198.51.100.21").signs_in()


def test_a_redis_that_hangs_is_asked_once_in_a_while(world: World, redis: RedisServer, monkeypatch: pytest.MonkeyPatch):
    """A second for the first, nothing for those who come after."""
    be_patient(monkeypatch, 1)
    redis.client.client_pause(9000)
    began = time.monotonic()
    assert all(Browser("198.51.100.21").signs_in() for _ in range(5))
    assert time.monotonic() - began < 5


def test_a_redis_that_is_full_lets_nothing_through_uncounted(world: World, redis: RedisServer):
    redis.client.config_set("maxmemory", "1")
    try:
        assert sum(allowed(FEW.of("x")) for _ in range(20)) == FEW.burst
    finally:
        redis.client.config_set("maxmemory", "0")
    assert SpentPurse.objects.count() == 1


def test_a_redis_that_throws_records_away_is_an_error(redis: RedisServer):
    assert check_that_nothing_is_evicted(databases=["default"]) == []
    for policy in ("allkeys-lru", "volatile-ttl"):
        redis.client.config_set("maxmemory-policy", policy)
        (found,) = check_that_nothing_is_evicted(databases=["default"])
        assert found.id == "limits.E001"
        assert policy in str(found.msg)
    redis.client.config_set("maxmemory-policy", "noeviction")
    redis.stop()
    assert check_that_nothing_is_evicted(databases=["default"]) == []


@pytest.mark.parametrize(
    ("given_url", "broker", "expected"),
    [
        (None, "filesystem://", DATABASE),
        (None, "redis://:pw@host:6379/1", "redis://:pw@host:6379/1"),
        (None, "redis+socket:///run/redis.sock", "unix:///run/redis.sock?db=0"),
        (None, "redis+socket:///run/redis.sock?virtual_host=3", "unix:///run/redis.sock?db=3"),
        ("database", "redis://host", "database"),
        ("rediss://other/2", "filesystem://", "rediss://other/2"),
        (None, "amqp://host", DATABASE),
    ],
)
def test_where_limits_are_counted_follows_the_broker(given_url: str | None, broker: str, expected: str):
    assert env.limits_store(given_url, broker_url=broker) == expected


@pytest.mark.parametrize("url", ["memcached://host", "redis://a;redis://b", "Database", "sqlite:///x"])
def test_a_store_that_is_none_is_refused_without_repeating_a_password(url: str):
    with pytest.raises(ImproperlyConfigured, match="NSMAAS_LIMITS_URL") as refusal:
        env.limits_store(url.replace("://", "://:hunter2@"), broker_url="filesystem://")
    assert "hunter2" not in str(refusal.value)


# Guards that find the next one.


def test_there_is_no_cache_that_could_be_taken_for_a_counter():
    cache.set("x", 1)
    assert cache.get("x") is None
    assert set(django_settings.CACHES) == {"default"}
    for room in ("portal", "sensors", "accounts", "tenants", "pki", "limits", "notices"):
        for file in (CHECKOUT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                assert not (isinstance(node, ast.ImportFrom) and node.module == "django.core.cache"), file


def test_none_of_allauths_own_limits_is_left_also_of_a_later_version():
    """They count by the account alone: anybody could shut its owner out."""
    for app, actions in (("account", account_settings.RATE_LIMITS), ("mfa", mfa_settings.RATE_LIMITS)):
        assert actions
        for action in actions:
            assert get_rates(app=f"allauth.{app}", action=action) == [], f"{app}: {action}"


def _views(resolver: URLResolver) -> Iterator[Any]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield getattr(pattern.callback, "cls", None)
        else:
            yield from _views(pattern)


def test_no_rest_call_counts_in_a_cache():
    views = [view for view in _views(get_resolver()) if view is not None]
    assert len(views) > 5
    throttles = {throttle for view in views for throttle in getattr(view, "throttle_classes", ())}
    assert throttles
    assert not [throttle for throttle in throttles if issubclass(throttle, SimpleRateThrottle)]


def test_every_budget_has_a_name_of_its_own():
    every = [value for value in vars(budgets).values() if isinstance(value, Budget)]
    assert len({each.name for each in every}) == len(every) > 10


def test_a_name_is_not_mistaken_for_two(db: None):
    assert FEW.of("a", "b").key != FEW.of("ab").key != FEW.of("a\0b", "").key
    assert OWNER not in FEW.of(OWNER).key
