"""A function in place of one step: what it may add, and what stays the gateway's own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import pytest

from connectors import StepContext
from connectors.config import Override
from connectors.context import Answer
from connectors.sandbox import RevokeRules
from gateway.errors import GatewayError, ProviderUnavailable, UnreadableResponse
from gateway.services import steps
from gateway.services.disconnect import Revoked
from gateway.store.mongo import Database
from gateway.testing.workbench import open_workbench
from tests.support.gateway import Harness
from tests.support.invented import invented, whole_life
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import connection, disconnect, force, token_of, works

_PROOF = {"proof": "1"}
_RULES: dict[str, Any] = {
    "exchange_params": ("grant_type", "code", "redirect_uri", "proof"),
    "refresh_params": ("grant_type", "refresh_token", "proof"),
    "revoke": RevokeRules(
        address="auth.example.com/revoke", client_auth="post", params=frozenset(_PROOF)
    ),
}


async def with_proof(ctx: StepContext) -> Answer:
    return await ctx.send(params=_PROOF)


STEPS = ("exchange_code", "refresh_tokens", "revoke_token")


async def test_a_connector_of_three_functions_lives_from_its_beginning_to_its_end(
    gateway: Harness, invented: SandboxProcess
) -> None:
    browser = await gateway.browser("alice")
    assert await browser.connect("crypt", "Ana") == "connected", browser.text[:900]
    first = await gateway.token("crypt", "alice")
    assert works(first, "/me")
    renewed = await force(gateway, "crypt")
    assert token_of(renewed) != token_of(first)
    mark = invented.mark()
    found = await connection(gateway)
    assert (await disconnect(gateway, found["id"])).status_code == 200
    (line,) = invented.log(after=mark, provider="crypt", endpoint="revoke")
    assert line["outcome"] == "revoked"


async def test_each_step_adds_a_parameter(workplace: Database) -> None:
    await whole_life(invented(dict.fromkeys(STEPS, with_proof), _RULES), workplace)


@pytest.mark.parametrize("body_format", ["form", "json"])
async def test_the_parameter_goes_where_the_others_are(
    workplace: Database, body_format: str
) -> None:
    rules = {**_RULES, "body_format": body_format}
    config = {**dict.fromkeys(STEPS, with_proof), "body_format": body_format}
    await whole_life(invented(config, rules), workplace)


@pytest.mark.parametrize("name", STEPS)
async def test_without_one_of_the_functions_the_provider_refuses(
    workplace: Database, name: str
) -> None:
    subject = invented({**dict.fromkeys(STEPS, with_proof), name: None}, _RULES)
    with pytest.raises((GatewayError, AssertionError)):
        await whole_life(subject, workplace)


def _adding(params: Mapping[str, str], headers: Mapping[str, str]) -> Override:
    async def step(ctx: StepContext) -> Answer:
        return await ctx.send(params=params, headers=headers)

    return step


@pytest.mark.requirement("B1")
@pytest.mark.parametrize(
    ("params", "headers"),
    [
        ({"redirect_uri": "https://evil.example"}, {}),
        ({"code_verifier": "x" * 43}, {}),
        ({"code": "another"}, {}),
        ({"state": "another"}, {}),
        ({"client_id": "another"}, {}),
        ({}, {"Host": "evil.example"}),
        ({}, {"content-type": "text/plain"}),
    ],
)
async def test_what_protects_the_flow_is_out_of_reach(
    workplace: Database, params: dict[str, str], headers: dict[str, str]
) -> None:
    subject = invented({"exchange_code": _adding(params, headers)}, {})
    async with open_workbench(subject, workplace) as bench:
        with pytest.raises(UnreadableResponse):
            await bench.connect()
        assert bench.token_requests == 0


async def _twice(ctx: StepContext) -> Answer:
    await ctx.send()
    return await ctx.send()


async def test_a_code_is_sent_once(workplace: Database) -> None:
    async with open_workbench(invented({"exchange_code": _twice}, {}), workplace) as bench:
        with pytest.raises(UnreadableResponse):
            await bench.connect()
        assert bench.token_requests == 1


async def _raises(ctx: StepContext) -> Answer:
    raise RuntimeError("canary-secret")


async def _refuses(ctx: StepContext) -> dict[str, Any]:
    return {"error": "temporarily_unavailable"}


async def _hangs(ctx: StepContext) -> Answer:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize(
    ("function", "error"),
    [(_raises, UnreadableResponse), (_refuses, ProviderUnavailable), (_hangs, ProviderUnavailable)],
)
async def test_a_function_that_fails_loses_nothing(
    workplace: Database, monkeypatch: pytest.MonkeyPatch, function: Override, error: type[Exception]
) -> None:
    monkeypatch.setattr(steps, "STEP_SECONDS", 0.05)
    subject = invented({"refresh_tokens": function, "revoke_token": function}, {})
    async with open_workbench(subject, workplace) as bench:
        made = await bench.connect()
        with pytest.raises(error):
            await bench.token(made, force=True)
        (kept,) = await bench.connections()
        assert kept.tokens.refresh_token == made.tokens.refresh_token
        assert await bench.disconnect(made) is Revoked.NO
        assert await bench.connections() == []


async def test_a_header_can_be_added(workplace: Database) -> None:
    subject = invented({"exchange_code": _adding({}, {"X-Sign": "1"})}, {})
    async with open_workbench(subject, workplace) as bench:
        await bench.connect()
        (request,) = bench.transport.requests_to("token")
        assert request.headers["x-sign"] == "1"
        assert "code_verifier" in parse_qs(request.body.decode())
