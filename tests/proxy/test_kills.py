"""``kill -9`` of a process with calls under way: at most one effect for each key, whatever dies."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import httpx
import pytest

from gateway.proxy import stored_answers
from gateway.proxy.stored_answers import ALIVE
from tests.proxy.proxied_process import another_process
from tests.proxy.test_calls import gateways
from tests.proxy.test_idempotency import AT, KEYED, REPLAYED, post
from tests.support import provider as providers
from tests.support.provider import Exchange, StrictProvider
from tests.support.proxied import Proxy

pytestmark = pytest.mark.requirement("I6")


async def test_after_a_kill_nothing_is_sent_again(
    proxy: Proxy, provider: StrictProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``kill -9`` while the provider works: first the outcome is open, then unknown."""
    monkeypatch.setattr(stored_answers, "LONGEST_WAIT", 0.1)
    await proxy.connect()
    with another_process(proxy, tmp_path / "other") as (process, url):
        call = asyncio.create_task(
            proxy.client.post(f"{url}{AT}hang", content=b"{}", headers=KEYED)
        )
        await provider.reached.wait()
        process.kill()
        with pytest.raises(httpx.HTTPError):
            await call
    gateways(await post(proxy, "hang"), 409, "idempotency_in_progress")
    proxy.harness.clock.advance(seconds=ALIVE.total_seconds())
    for _ in range(2):
        gateways(await post(proxy, "hang"), 409, "idempotency_outcome_unknown")
    assert provider.effects == 1


async def test_after_a_kill_a_whole_answer_is_there(
    proxy: Proxy, provider: StrictProvider, tmp_path: Path
) -> None:
    """Success was reported by a process that is dead now."""
    await proxy.connect()
    with another_process(proxy, tmp_path / "other") as (process, url):
        first = await proxy.client.post(f"{url}{AT}effect", content=b"{}", headers=KEYED)
        process.kill()
    assert first.json() == {"effects": 1}
    again = await post(proxy)
    assert (again.json(), again.headers[REPLAYED]) == ({"effects": 1}, "true")
    assert provider.effects == 1


async def test_kills_at_any_moment_never_double_an_effect(
    proxy: Proxy, provider: StrictProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten calls under way at the kill: for each at most one effect, one if it was reported."""
    monkeypatch.setattr(stored_answers, "LONGEST_WAIT", 0.1)
    chance = random.Random(20261129)
    seen: dict[bytes, int] = {}
    enough = 0
    """So many effects, and the process is killed."""

    async def counted(_: StrictProvider, exchange: Exchange) -> None:
        body = await exchange.body()
        await asyncio.sleep(chance.uniform(0, 0.1))
        seen[body] = seen.get(body, 0) + 1
        if len(seen) >= enough:
            provider.reached.set()
        await exchange.answer(200, {"order": body.decode()})

    monkeypatch.setitem(providers.BEHAVIOURS, "counted", counted)
    await proxy.connect()

    async def order(url: str, number: int) -> bytes | None:
        body = b"%d" % number
        try:
            answer = await proxy.client.post(
                f"{url}{AT}counted", content=body, headers={"Idempotency-Key": f"order-{number}"}
            )
        except httpx.HTTPError:
            return None
        return answer.content if answer.status_code == 200 else None

    first: list[bytes | None] = []
    for round_ in range(3):
        enough = len(seen) + chance.randint(2, 8)
        provider.reached.clear()
        with another_process(proxy, tmp_path / str(round_)) as (process, url):
            numbers = range(10 * round_, 10 * round_ + 10)
            calls = [asyncio.create_task(order(url, number)) for number in numbers]
            await provider.reached.wait()
            process.kill()
            first += await asyncio.gather(*calls)
    proxy.harness.clock.advance(seconds=ALIVE.total_seconds())
    again = await asyncio.gather(*(order("", number) for number in range(30)))
    assert all(count == 1 for count in seen.values())
    for number, (before, after) in enumerate(zip(first, again, strict=True)):
        if before is not None:
            assert after == before
        if after is not None:
            assert seen[b"%d" % number] == 1
