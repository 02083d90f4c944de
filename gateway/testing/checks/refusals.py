"""Checks on the wire of what goes wrong: each failure is a typed error, and nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import httpx

from connectors.secret import Secret
from gateway.errors import (
    AccountUnfit,
    CallbackNotVerified,
    GatewayError,
    ProviderError,
    ProviderMisconfigured,
    ReauthorizationRequired,
)
from gateway.services.connect import StartedFlow
from gateway.services.disconnect import Revoked
from gateway.store.connections import Connection
from gateway.testing.checks.check import Checks
from gateway.testing.subject import expect
from gateway.testing.wire import HANGS
from gateway.testing.workbench import Workbench

REFUSALS = Checks("refusals")
PATIENCE = 0.1  # seconds that a provider has to answer where it is made to hang

FAULTS = {
    "HTML": httpx.Response(200, html="<h1>We will be right back</h1>"),
    "HTML and 502": httpx.Response(502, html="<h1>Bad gateway</h1>"),
    "a 500": httpx.Response(500, json={"error": "server_error"}),
    "too many requests": httpx.Response(429, json={"error": "slow_down"}, headers={"Retry-After": "7"}),
    "half of a JSON text": httpx.Response(200, content=b'{"access_token": "x"', headers={"content-type": "application/json"}),
    "a list": httpx.Response(200, json=[]),
    "an empty object": httpx.Response(200, json={}),
    "an error in a 200": httpx.Response(200, json={"error": "access_denied"}),
    "ok: false in a 200": httpx.Response(200, json={"ok": False, "error": "fatal_error"}),
    "an error and a token": httpx.Response(200, json={"error": "x", "access_token": "y"}),
    "a token that is a number": httpx.Response(200, json={"access_token": 5}),
    "a token with a line end": httpx.Response(200, json={"access_token": "a\r\nb"}),
    "a refused client": httpx.Response(401, json={"error": "invalid_client"}),
    "a redirect": httpx.Response(307, headers={"location": "https://elsewhere.example/"}),
    "more than a megabyte": httpx.Response(200, content=b'"' + b"x" * 1_100_000 + b'"'),
    "nothing at all": HANGS,
}  # fmt: skip
"""What an endpoint answers instead of what it should."""

_AT_THE_API = ("HTML", "a 500", "half of a JSON text", "a list", "an empty object",
               "ok: false in a 200", "a refused client", "a redirect", "nothing at all")  # fmt: skip


def _patience(fault: str) -> float | None:
    return PATIENCE if FAULTS[fault] is HANGS else None


def _exchange_fails(fault: str) -> None:
    @REFUSALS.of_workbench(f"connecting fails when the token endpoint answers {fault}",
                           seconds=_patience(fault))  # fmt: skip
    async def check(bench: Workbench) -> None:
        bench.transport.replace("token", FAULTS[fault])
        await _connecting_fails(bench)


def _refresh_fails(fault: str) -> None:
    @REFUSALS.of_workbench(f"the connection stays when a refresh is answered with {fault}",
                           seconds=_patience(fault))  # fmt: skip
    async def check(bench: Workbench) -> None:
        before = await bench.connect()
        bench.transport.replace("token", FAULTS[fault])
        try:
            await bench.token(before, force=True)
        except ProviderError:
            await _is_unharmed(bench, before)
        except ReauthorizationRequired:
            expect(not bench.subject.expectations.expected_supports_refresh, "it is given up")
        else:
            expect(False, "a token is handed out as new")


def _account_fails(fault: str) -> None:
    @REFUSALS.of_workbench(f"connecting fails when the account is answered with {fault}",
                           seconds=_patience(fault))  # fmt: skip
    async def check(bench: Workbench) -> None:
        await bench.disconnect(await bench.connect())
        asked = {
            s.incoming.address for s in bench.transport.seen if s.endpoint in {"api", "introspect"}
        }
        for address in sorted(asked):
            bench.transport.replace(address, FAULTS[fault])
            await _connecting_fails(bench)
            del bench.transport.replaced[address]
        # Where the account stands in the token answer, nothing was asked, and it connects again.
        expect(await bench.connect(), "it does not connect any more")


for _fault in FAULTS:
    _exchange_fails(_fault)
for _fault in _AT_THE_API:
    _account_fails(_fault)
for _fault in FAULTS:
    _refresh_fails(_fault)


@REFUSALS.of_workbench("a code works once")
async def _used_code(bench: Workbench) -> None:
    code, verifier = bench.code()
    await bench.exchange(code, verifier)
    try:
        await bench.exchange(code, verifier)
    except ProviderError:
        return
    expect(False, "the same code is exchanged twice")


@REFUSALS.of_workbench("a code is bound to its verifier")
async def _verifier(bench: Workbench) -> None:
    if bench.subject.provider.authorize.pkce in {"ignored", "refused"}:
        return
    code, _ = bench.code()
    try:
        await bench.exchange(code, Secret("x" * 43))
    except ProviderError:
        return
    expect(False, "a code is exchanged with another verifier")


@REFUSALS.of_workbench("a wrong client secret is the operator's to mend")
async def _secret(bench: Workbench) -> None:
    wrong = replace(bench.subject.config, client_secret=Secret("another-secret"))
    code, verifier = bench.code()
    try:
        await bench.exchange(code, verifier, config=wrong)
    except ProviderMisconfigured:
        return
    expect(False, "the provider takes it")


@REFUSALS.of_workbench("a callback that somebody changed is refused")
async def _tampered(bench: Workbench) -> None:
    if bench.subject.provider.sign_callback is None:
        expect(bench.subject.config.callback_verifier is None, "the provider signs no callback")
        return
    person = bench.subject.expectations.people[0]
    started = await bench.start(person)
    names = bench.approve(bench.consent(started), person).keys() - {"state"}
    for name in sorted(names):
        started = await bench.start(person)
        params = bench.approve(bench.consent(started), person)
        await _not_verified(bench, started, params | {name: params[name] + "1"}, name)
    started = await bench.start(person)
    params = bench.approve(bench.consent(started), person)
    bench.clock.advance(300)
    await _not_verified(bench, started, params, "its age")


async def _not_verified(
    bench: Workbench, started: StartedFlow, params: Mapping[str, str], what: str
) -> None:
    try:
        await bench.finish(started, params)
    except CallbackNotVerified:
        expect(bench.token_requests == 0, "the code is sent all the same")
        return
    expect(False, f"a callback is accepted although {what} is wrong")


@REFUSALS.of_workbench("disconnecting succeeds when revoking fails")
async def _revocation(bench: Workbench) -> None:
    connection = await bench.connect()
    bench.transport.replace("revoke", FAULTS["a 500"])
    revoked = await bench.disconnect(connection)
    can = bench.subject.provider.revoke is not None
    expect(revoked is (Revoked.NO if can else Revoked.UNSUPPORTED), f"revoked is {revoked}")
    expect(await bench.connections() == [], "the connection is still there")


async def _connecting_fails(bench: Workbench) -> None:
    try:
        await bench.connect()
    except GatewayError as error:
        typed = isinstance(error, (ProviderError, AccountUnfit))
        expect(typed, f"the error is {type(error).__name__}")
        expect(await bench.connections() == [], "something is stored")
        return
    expect(False, "a connection is made")


async def _is_unharmed(bench: Workbench, before: Connection) -> None:
    (after,) = await bench.connections()
    expect(after.status is before.status, f"the connection is {after.status}")
    expect(after.generation == before.generation, "something else is stored")
    expect(after.tokens.access_token == before.tokens.access_token, "the token is lost")
