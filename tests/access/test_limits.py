"""Shared rate limits in one process: shares, cached refusals, and a missing database."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import anyio
import pytest
from structlog.testing import capture_logs

from gateway.access.limits import OPEN, SHARED, Limits
from gateway.errors import RateLimited, SettingsError, StoreUnavailable
from gateway.observe.metrics import Metrics
from gateway.settings.environment import read_settings
from gateway.settings.limits import DEFAULT_RATES, LimitName, Rate, read_limit_rates
from gateway.store.limits import LimitStore, Taken
from gateway.store.mongo import Database
from tests.support.gateway import FakeClock
from tests.support.waiting import PATIENCE_SECONDS


class CountingStore(LimitStore):
    """The real store, which counts what it is asked, and can be away or silent."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.asked = 0
        self.away = self.silent = False

    async def take(
        self, name: str, subject: str, *, permits: int, most: int, seconds: int, now: datetime
    ) -> Taken:
        self.asked += 1
        if self.away:
            raise StoreUnavailable
        if self.silent:
            await anyio.sleep_forever()
        return await super().take(
            name, subject, permits=permits, most=most, seconds=seconds, now=now
        )


@pytest.fixture
def store(database: Database) -> CountingStore:
    return CountingStore(database)


def process(store: LimitStore, clock: FakeClock, **most: int) -> Limits:
    """The limits of one process: so many a minute of each that is named, nothing else limited."""
    rates = dict.fromkeys(LimitName) | {LimitName(name): Rate(n, 60) for name, n in most.items()}
    return Limits(store, rates, clock, Metrics())


async def passing(limits: Limits, limited: LimitName, calls: int, subject: str = "a") -> int:
    """How many of so many calls pass."""
    passed = 0
    for _ in range(calls):
        try:
            await limits.spend(limited, subject)
        except RateLimited:
            continue
        passed += 1
    return passed


@pytest.mark.requirement("F6")
async def test_a_limit_lets_exactly_as_many_through(store: CountingStore, clock: FakeClock) -> None:
    limits = process(store, clock, sign_ins=5)
    assert await passing(limits, LimitName.SIGN_INS, 20) == 5
    assert await passing(limits, LimitName.SIGN_INS, 1, subject="b") == 1


async def test_a_refusal_says_when_and_is_right(store: CountingStore, clock: FakeClock) -> None:
    limits = process(store, clock, sign_ins=5)
    await passing(limits, LimitName.SIGN_INS, 5)
    with pytest.raises(RateLimited) as refused:
        await limits.spend(LimitName.SIGN_INS, "a")
    assert (refused.value.limit, refused.value.retry_after) == ("sign_ins", 12)
    clock.advance(seconds=12)
    assert await passing(limits, LimitName.SIGN_INS, 5) == 1


@pytest.mark.requirement("F6")
async def test_refused_call_costs_no_database_request(
    store: CountingStore, clock: FakeClock
) -> None:
    """The process remembers the empty bucket."""
    limits = process(store, clock, key_failures=3)
    await passing(limits, LimitName.KEY_FAILURES, 1000)
    assert store.asked == 4
    with pytest.raises(RateLimited):
        limits.check(LimitName.KEY_FAILURES, "a")
    limits.check(LimitName.KEY_FAILURES, "b")


@pytest.mark.requirement("F6")
async def test_two_processes_share_a_limit(database: Database, clock: FakeClock) -> None:
    """Also where each takes permits in shares."""
    one, other = (process(LimitStore(database), clock, sign_ins=6, api_calls=100) for _ in range(2))
    passed = [await passing(each, LimitName.SIGN_INS, 4) for each in (one, other)]
    assert passed == [4, 2]
    shared = [await passing(each, LimitName.API_CALLS, 80) for each in (one, other)]
    assert shared == [80, 20]


async def test_most_calls_of_a_frequent_kind_ask_no_database(
    store: CountingStore, clock: FakeClock
) -> None:
    limits = process(store, clock, token_reads=6000)
    assert await passing(limits, LimitName.TOKEN_READS, 900) == 900
    assert store.asked == 3  # 300 permits each: a twentieth
    await asyncio.gather(*(limits.spend(LimitName.TOKEN_READS, "b") for _ in range(250)))
    assert store.asked == 4  # one asked for all of them


async def test_a_share_that_is_not_used_is_lost_after_a_while(
    store: CountingStore, clock: FakeClock
) -> None:
    """So a process that stood still cannot spend on top of what the others were given meanwhile."""
    limits = process(store, clock, api_calls=100)
    await limits.spend(LimitName.API_CALLS, "a")
    clock.advance(seconds=4)
    await limits.spend(LimitName.API_CALLS, "a")
    assert store.asked == 1
    clock.advance(seconds=1)
    await limits.spend(LimitName.API_CALLS, "a")
    assert store.asked == 2


async def test_spend_from_memory_takes_only_permits_in_memory(
    store: CountingStore, clock: FakeClock
) -> None:
    limits = process(store, clock, token_reads=40)
    assert not limits.spend_from_memory(LimitName.TOKEN_READS, "a")
    await limits.spend(LimitName.TOKEN_READS, "a")  # a share of two
    assert [limits.spend_from_memory(LimitName.TOKEN_READS, "a") for _ in range(2)] == [True, False]
    assert await passing(limits, LimitName.TOKEN_READS, 50) == 38
    assert not limits.spend_from_memory(LimitName.TOKEN_READS, "a")
    assert limits.spend_from_memory(LimitName.API_CALLS, "a")  # which is not limited here
    asked = store.asked
    clock.advance(minutes=1)
    assert not limits.spend_from_memory(LimitName.TOKEN_READS, "a")  # nor does it ask for more
    assert store.asked == asked


async def test_unlimited_call_asks_no_database(store: CountingStore, clock: FakeClock) -> None:
    assert await passing(process(store, clock), LimitName.TOKEN_READS, 1000) == 1000
    assert store.asked == 0


@pytest.mark.parametrize("limited", sorted(OPEN))
async def test_frequent_calls_pass_while_the_database_is_away(
    store: CountingStore, clock: FakeClock, limited: LimitName
) -> None:
    """A limit that cannot be judged is no outage of token reads, and is said in the log."""
    limits = process(store, clock, **{limited.value: 40})
    store.away = True
    with capture_logs() as logged:
        assert await passing(limits, limited, 100) == 100
    assert logged == [
        {"event": "limit_not_checked", "limit": limited.value, "log_level": "warning"}
    ]
    store.away = False
    clock.advance(seconds=5)
    assert await passing(limits, limited, 100) == 40


async def test_a_database_that_says_nothing_holds_one_call_up_and_not_for_long(
    store: CountingStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.access.limits.PATIENCE", 0.05)
    limits = process(store, clock, token_reads=40)
    store.silent = True
    with anyio.fail_after(PATIENCE_SECONDS):
        assert await passing(limits, LimitName.TOKEN_READS, 100) == 100
    assert store.asked == 1


@pytest.mark.parametrize("limited", sorted({*LimitName} - OPEN))
async def test_guesses_and_floods_do_not_pass_while_the_database_is_away(
    store: CountingStore, clock: FakeClock, limited: LimitName
) -> None:
    """And they are told that the database is away, not that they were too many."""
    limits = process(store, clock, **{limited.value: 40})
    store.away = True
    with pytest.raises(StoreUnavailable):
        await limits.spend(limited, "a")
    store.away = False
    await limits.spend(limited, "a")


async def test_refusals_are_counted_by_limit(store: CountingStore, clock: FakeClock) -> None:
    metrics = Metrics()
    limits = Limits(store, read_limit_rates("sign_ins=2/m"), clock, metrics)
    await passing(limits, LimitName.SIGN_INS, 5)
    assert 'gateway_rate_limited_total{limit="sign_ins"} 3.0' in metrics.text().decode()


def test_written_rates_change_only_the_named_defaults() -> None:
    rates = read_limit_rates(" sign_ins = 5/h, api_calls=off ,token_reads=9/s,")
    changed = {
        LimitName.SIGN_INS: Rate(5, 3600),
        LimitName.API_CALLS: None,
        LimitName.TOKEN_READS: Rate(9, 1),
    }
    assert rates == {**DEFAULT_RATES, **changed}
    assert read_limit_rates("") == DEFAULT_RATES
    assert set(DEFAULT_RATES) == {*LimitName}
    assert {*LimitName} >= OPEN > SHARED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("logins=5/m", "there are key_failures, sign_ins"),
        ("sign_ins", "sign_ins must be"),
        ("sign_ins=0/m", "sign_ins must be"),
        ("sign_ins=-1/m", "sign_ins must be"),
        ("sign_ins=5", "sign_ins must be"),
        ("sign_ins=5/d", "sign_ins must be"),
        ("sign_ins=5/m,sign_ins=off", "sign_ins is set twice"),
    ],
)
def test_a_mistake_in_the_limits_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_limit_rates(text)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GATEWAY_LIMITS", "sign_ins=many"),
        ("GATEWAY_LIMITS", "nothing=1/m"),
        ("GATEWAY_PROXY_HOPS", "-1"),
        ("GATEWAY_PROXY_HOPS", "11"),
    ],
)
def test_invalid_limits_stop_the_start(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GATEWAY_MODE", "dev")
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"^{variable}: "):
        read_settings(tmp_path)


def test_limits_and_hops_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GATEWAY_MODE", "dev")
    settings = read_settings(tmp_path)
    assert (settings.rates, settings.proxy_hops) == (DEFAULT_RATES, 0)
    monkeypatch.setenv("GATEWAY_LIMITS", "token_reads=30000/m")
    monkeypatch.setenv("GATEWAY_PROXY_HOPS", "2")
    settings = read_settings(tmp_path)
    assert (settings.rates[LimitName.TOKEN_READS], settings.proxy_hops) == (Rate(30_000, 60), 2)
