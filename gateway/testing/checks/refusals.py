"""Checks on the wire of what goes wrong: each failure is a typed error, and nothing is stored."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from connectors.errors import AccountUnfit
from connectors.secret import Secret
from gateway.errors import (
    CallbackNotVerified,
    GatewayError,
    ProviderError,
    ProviderMisconfigured,
    ProviderRefused,
    ReauthorizationRequired,
    TokenRejected,
    UnreadableResponse,
)
from gateway.services.connect import StartedFlow
from gateway.services.disconnect import Revoked
from gateway.store.connection import Connection
from gateway.testing.checks.check import Checks
from gateway.testing.checks.faults import AT_THE_API, FAULTS
from gateway.testing.subject import expect, expect_error
from gateway.testing.wire import LOST
from gateway.testing.workbench import Workbench

REFUSALS = Checks("refusals")
_REFUSED = (TokenRejected, ProviderRefused, UnreadableResponse)
"""The errors for a used code: not every provider says ``invalid_grant``."""
_Change = Callable[[Mapping[str, str]], dict[str, str]]


def _exchange_fails(fault: str) -> None:
    @REFUSALS.of_workbench(
        f"connecting fails when the token endpoint answers {fault}", seconds=FAULTS[fault].seconds
    )
    async def check(bench: Workbench) -> None:
        bench.transport.replace("token", FAULTS[fault].answer)
        await _connecting_fails(bench, FAULTS[fault].raises)
        expect(
            bench.token_requests == 1, f"the token endpoint is asked {bench.token_requests} times"
        )
        if (rules := bench.subject.provider.long_lived) is not None:
            del bench.transport.replaced["token"]
            bench.transport.replace(rules.exchange, FAULTS[fault].answer)
            await _connecting_fails(bench, FAULTS[fault].raises)


def _refresh_fails(fault: str) -> None:
    @REFUSALS.of_workbench(
        f"the connection stays when a refresh is answered with {fault}",
        seconds=FAULTS[fault].seconds,
    )
    async def check(bench: Workbench) -> None:
        before = await bench.connect()
        bench.transport.replace("token", FAULTS[fault].answer)
        try:
            await bench.token(before, force=True)
        except FAULTS[fault].raises:
            await _is_unharmed(bench, before)
        except ReauthorizationRequired:
            expect(not bench.subject.refreshes, "it is given up")
        else:
            expect(False, "a token is handed out as new")


def _account_fails(fault: str) -> None:
    @REFUSALS.of_workbench(
        f"connecting fails when the account is answered with {fault}", seconds=FAULTS[fault].seconds
    )
    async def check(bench: Workbench) -> None:
        await bench.disconnect(await bench.connect())
        asked = {
            s.incoming.address for s in bench.transport.seen if s.endpoint in {"api", "introspect"}
        }
        for address in sorted(asked):
            bench.transport.replace(address, FAULTS[fault].answer)
            await _account_unread(bench)
            del bench.transport.replaced[address]
        # Where the account stands in the token answer, nothing was asked, and it connects again.
        expect(await bench.connect(), "it does not connect any more")


for _fault in FAULTS:
    _exchange_fails(_fault)
for _fault in AT_THE_API:
    _account_fails(_fault)
for _fault in FAULTS:
    _refresh_fails(_fault)


@REFUSALS.of_workbench("a refresh whose answer was lost is repeated exactly if that is safe")
async def _lost_answer(bench: Workbench) -> None:
    before = await bench.connect()
    if not bench.subject.refreshes:
        return
    requests = bench.token_requests
    bench.transport.replace("token", LOST)
    safe = bench.subject.provider.grant.rotation != "strict"
    try:
        renewed = await bench.token(before, force=True)
    except ProviderError:
        expect(not safe, "it is not repeated, although the provider would answer")
        expect(bench.token_requests == requests + 1, "it is repeated, which ends the grant")
        (after,) = await bench.connections()
        expect(after.generation == before.generation, "something else is stored")
        return
    expect(bench.token_requests == requests + 2, "it takes other than two requests")
    expect(not bench.call(renewed).refused, "the new token does not work")
    again = await bench.token(renewed.connection, force=True)
    expect(not bench.call(again).refused, "the grant does not survive the next refresh")


@REFUSALS.of_workbench("a code works once")
async def _used_code(bench: Workbench) -> None:
    code, verifier = bench.code()
    await bench.exchange(code, verifier)
    again = bench.exchange(code, verifier)
    await expect_error(again, _REFUSED, "the same code is exchanged twice")


@REFUSALS.of_workbench("a code is bound to its verifier")
async def _verifier(bench: Workbench) -> None:
    if bench.subject.provider.authorize.pkce in {"ignored", "refused"}:
        return
    code, _ = bench.code()
    exchange = bench.exchange(code, Secret("x" * 43))
    await expect_error(exchange, _REFUSED, "a code is exchanged with another verifier")


@REFUSALS.of_workbench("a wrong client secret is the operator's to mend")
async def _secret(bench: Workbench) -> None:
    wrong = replace(bench.subject.config, client_secret=Secret("another-secret"))
    exchange = bench.exchange(*bench.code(), config=wrong)
    await expect_error(exchange, ProviderMisconfigured, "the provider takes it")


@REFUSALS.of_workbench("a changed callback is refused")
async def _tampered(bench: Workbench) -> None:
    if bench.subject.provider.sign_callback is None:
        expect(bench.subject.config.callback_verifier is None, "the provider signs no callback")
        return
    genuine = await _callback(bench)
    changes: dict[str, _Change] = {"what was added": lambda params: {**params, "added": "1"}}
    for name in sorted(genuine.keys() - {"state"}):
        changes[name] = partial(_lengthened, name)
    for name in sorted(genuine.keys() - {"state", "code"}):
        changes[f"the absence of {name}"] = partial(_removed, name)
    for what, change in changes.items():
        started = await bench.start()
        await _not_verified(bench, started, change(await _callback(bench, started)), what)
    started = await bench.start()
    params = await _callback(bench, started)
    bench.clock.advance(seconds=300)
    await _not_verified(bench, started, params, "its age")


@REFUSALS.of_workbench(
    "a callback of another issuer is refused, and one of none where it is promised"
)
async def _issuer(bench: Workbench) -> None:
    rules = bench.subject.provider.authorize
    if rules.issuer is None:
        expect(bench.subject.config.issuer is None, "the provider names no issuer")
        return
    if bench.subject.provider.sign_callback is not None:
        return  # what is changed here is refused anyway
    for other in (f"{rules.issuer}/", rules.issuer.upper(), "https://issuer.example", ""):
        for answer in ({}, {"error": "access_denied"}):
            started = await bench.start()
            params = await _callback(bench, started)
            if answer:
                del params[bench.simulation.rules.authorize.code_param]
            await _not_verified(bench, started, {**params, **answer, "iss": other}, "the issuer")
    started = await bench.start()
    nameless = _removed("iss", await _callback(bench, started))
    if rules.issuer_advertised:
        await _not_verified(bench, started, nameless, "the absence of an issuer")
    else:
        expect(await bench.finish(started, nameless), "a callback without an issuer is refused")


@REFUSALS.of_workbench("a callback that is signed for another tenant is refused")
async def _foreign(bench: Workbench) -> None:
    provider = bench.subject.provider
    if provider.sign_callback is None or "{tenant}" not in provider.authorize.address:
        return
    started = await bench.start()
    consent = replace(bench.consent(started), tenant="another")
    params = bench.approve(consent)
    await _not_verified(bench, started, params, "the tenant")


async def _callback(bench: Workbench, started: StartedFlow | None = None) -> dict[str, str]:
    """The provider's signed answer after the first person agreed."""
    started = started or await bench.start()
    return bench.approve(bench.consent(started))


def _lengthened(name: str, params: Mapping[str, str]) -> dict[str, str]:
    return {**params, name: params[name] + "1"}


def _removed(name: str, params: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in params.items() if key != name}


async def _not_verified(
    bench: Workbench, started: StartedFlow, params: Mapping[str, str], what: str
) -> None:
    try:
        await bench.finish(started, params)
    except CallbackNotVerified:
        expect(bench.token_requests == 0, "the code is sent all the same")
        return
    except ProviderError:
        expect(False, f"the code is sent although {what} is wrong")
    expect(False, f"a callback is accepted although {what} is wrong")


def _revoking_fails(fault: str, name: str) -> None:
    @REFUSALS.of_workbench(name, seconds=FAULTS[fault].seconds)
    async def check(bench: Workbench) -> None:
        connection = await bench.connect()
        bench.transport.replace("revoke", FAULTS[fault].answer)
        revoked = await bench.disconnect(connection)
        can = bench.subject.provider.revoke is not None
        expect(revoked is (Revoked.NO if can else Revoked.UNSUPPORTED), f"revoked is {revoked}")
        expect(await bench.connections() == [], "the connection is still there")


_revoking_fails("a 500", "disconnecting succeeds when revoking fails")
_revoking_fails("a refused client", "disconnecting succeeds when revoking is refused")
_revoking_fails("nothing at all", "disconnecting succeeds when revoking is not answered")


async def _connecting_fails(bench: Workbench, raises: tuple[type[Exception], ...]) -> None:
    try:
        await bench.connect()
    except (GatewayError, AccountUnfit) as error:
        expect(isinstance(error, raises), f"the error is {type(error).__name__}: {error}")
        expect(await bench.connections() == [], "something is stored")
        return
    expect(False, "a connection is made")


async def _account_unread(bench: Workbench) -> None:
    """Connecting fails, or it is the hook that fails: then the connection stays and says so."""
    made = []
    if bench.subject.hook is not None:
        with contextlib.suppress(ProviderError, AccountUnfit):
            made.append(await bench.connect())
    if not made:
        await _connecting_fails(bench, (ProviderError, AccountUnfit))
        return
    expect(made[0].hook_failure is not None, "a failure of the hook is not noted")
    await bench.disconnect(made[0])


async def _is_unharmed(bench: Workbench, before: Connection) -> None:
    (after,) = await bench.connections()
    expect(after.status is before.status, f"the connection is {after.status}")
    expect(after.generation == before.generation, "something else is stored")
    expect(after.tokens.access_token == before.tokens.access_token, "the token is lost")
    expect(after.tokens.refresh_token == before.tokens.refresh_token, "the refresh token is lost")
    refused = bench.call(await bench.token(before)).refused
    expect(not refused, "the token does not work any more")
