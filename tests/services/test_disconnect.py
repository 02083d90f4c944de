"""Disconnect: deleted here, and revoked at the provider if that harms no other user."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from connectors.config_types import ErrorInSuccess
from gateway.access.service_keys import Role
from gateway.server.run import free_port
from tests.support.gateway import Harness
from tests.support.linking import at_once, dump
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import (
    StoppedClock,
    asked,
    connect,
    connection,
    connections,
    disconnect,
    fingerprint,
    problem_of,
    token_of,
    works,
)

API = {"google": "/oauth2/v3/userinfo", "notion": "/users/me", "shopify": "/shop.json"}


def revocations(sandbox: SandboxProcess, provider: str, after: int) -> list[str]:
    """Return the outcomes of the provider's revocation requests after a mark."""
    lines = sandbox.log(after=after, provider=provider, endpoint="revoke")
    return [line["outcome"] for line in lines]


@pytest.mark.requirement("E6")
@pytest.mark.parametrize("connector", API)
async def test_disconnecting_deletes_the_connection_and_revokes_the_grant(
    gateway: Harness, sandbox: SandboxProcess, connector: str
) -> None:
    """The providers have three ways: token in the body, client credentials, DELETE."""
    config = {"shop": "acme"} if connector == "shopify" else {}
    await connect(gateway, connector, **config)
    token = await gateway.token(connector, "alice")
    assert works(token, API[connector])
    linked = await connection(gateway)
    mark = sandbox.mark()

    answer = await disconnect(gateway, linked["id"])

    assert (answer.status_code, answer.json()) == (200, {"revoked": "yes"})
    assert revocations(sandbox, connector, mark) == ["revoked"]
    assert not works(token, API[connector])
    assert await connections(gateway) == []
    assert problem_of(await gateway.token(connector, "alice")) == (409, "connector_required")


@pytest.mark.requirement("E6")
async def test_nothing_of_a_disconnected_connection_is_stored(
    gateway: Harness, mongodb_url: str, database_name: str
) -> None:
    await connect(gateway, "google")
    linked = await connection(gateway)

    await disconnect(gateway, linked["id"])

    dumped = dump(mongodb_url, database_name)
    assert dumped["connections"] == b""
    everything = b"".join(dumped.values())
    for value in (linked["external_account_id"], linked["account_label"]):
        assert value.encode() not in everything


@pytest.mark.requirement("B7")
async def test_an_account_that_another_user_shares_is_not_revoked(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """Google revokes every grant of the account, including the other user's."""
    await connect(gateway, "google", user="alice")
    await connect(gateway, "google", user="bob")
    alices, bobs = await connection(gateway, "alice"), await connection(gateway, "bob")
    assert alices["external_account_id"] == bobs["external_account_id"]
    mark = sandbox.mark()

    first = await disconnect(gateway, alices["id"])

    assert first.json() == {"revoked": "shared"}
    assert revocations(sandbox, "google", mark) == []
    assert await connections(gateway, "alice") == []
    assert works(await gateway.token("google", "bob"), API["google"])
    clock.advance(hours=1)
    assert works(await gateway.token("google", "bob"), API["google"])

    last = await disconnect(gateway, bobs["id"])
    assert last.json() == {"revoked": "yes"}
    assert revocations(sandbox, "google", mark) == ["revoked"]


async def test_another_account_of_the_same_user_goes_on_working(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    await connect(gateway, "google", account="google")
    await connect(gateway, "google", account="google-work")
    private, work = await connections(gateway)

    assert (await disconnect(gateway, private["id"])).json() == {"revoked": "yes"}

    answer = await gateway.token("google", "alice")
    assert answer.json()["connection"]["id"] == work["id"]
    assert answer.json()["connection"]["is_default"]
    assert works(answer, API["google"])


async def test_a_refused_revocation_does_not_stop_a_disconnect(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    await connect(gateway, "shopify", shop="acme")
    linked = await connection(gateway)
    sandbox.expire("shopify")  # the token that authenticates the DELETE has expired
    mark = sandbox.mark()

    answer = await disconnect(gateway, linked["id"])

    assert (answer.status_code, answer.json()) == (200, {"revoked": "no"})
    assert revocations(sandbox, "shopify", mark) == ["invalid_token"]
    assert await connections(gateway) == []


async def test_an_unreachable_provider_does_not_stop_a_disconnect(
    gateway: Harness, second: Harness, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect(gateway, "google")
    linked = await connection(gateway)
    mark = sandbox.mark()
    reroutes = second.services.public_addresses.policy.reroutes
    monkeypatch.setitem(reroutes, "oauth2.googleapis.com", ("127.0.0.1", free_port()))

    answer = await disconnect(second, linked["id"])

    assert (answer.status_code, answer.json()) == (200, {"revoked": "no"})
    assert await connections(gateway) == []
    assert sandbox.log(after=mark) == []


async def test_a_connection_that_needs_its_user_can_be_disconnected(
    gateway: Harness, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider rejects the refresh token, but still revokes the grant."""
    await connect(gateway, "google")
    linked = await connection(gateway)
    current = fingerprint(token_of(await gateway.token("google", "alice")))
    catalog = gateway.services.catalog
    refusing = replace(catalog.oauth("google"), error_in_success=ErrorInSuccess())
    with monkeypatch.context() as refusals_are_in_a_200:
        refusals_are_in_a_200.setitem(catalog._loaded, "google", refusing)
        sandbox.fail("google", "error_in_200")
        dead = await gateway.token("google", "alice", rejected_token_sha256=current)
    assert problem_of(dead) == (409, "reauthorization_required")
    mark = sandbox.mark()

    assert (await disconnect(gateway, linked["id"])).json() == {"revoked": "yes"}

    assert revocations(sandbox, "google", mark) == ["revoked"]
    assert await connections(gateway) == []


@pytest.mark.requirement("F1")
async def test_disconnecting_twice_or_a_foreign_connection_finds_nothing(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    """Deleted, foreign and unknown ids look alike, and no request is sent."""
    await connect(gateway, "google", user="alice")
    await connect(gateway, "notion", user="bob")
    alices, bobs = await connection(gateway, "alice"), await connection(gateway, "bob")
    await disconnect(gateway, alices["id"])
    stranger = await gateway.api(Role.CONNECTIONS, tenant="acme")
    mark = sandbox.mark()

    again = await disconnect(gateway, alices["id"])
    foreign = await stranger.delete(f"/v1/connections/{bobs['id']}")
    never = await disconnect(gateway, "con_000000000000000000000000")

    answers = [again, foreign, never]
    assert {problem_of(answer) for answer in answers} == {(404, "connection_not_found")}
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert sandbox.log(after=mark) == []
    assert await connections(gateway, "bob") == [bobs]


async def test_of_simultaneous_disconnects_one_ends_the_grant(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    await connect(gateway, "google")
    linked = await connection(gateway)
    await gateway.key(Role.CONNECTIONS)
    mark = sandbox.mark()

    answers = await at_once(20, lambda _: disconnect(gateway, linked["id"]))

    statuses = [answer.status_code for answer in answers if isinstance(answer, httpx.Response)]
    assert sorted(statuses) == [200] + [404] * 19
    assert revocations(sandbox, "google", mark) == ["revoked"]
    assert asked(sandbox, "google", mark) == []
