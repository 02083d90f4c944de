"""Credentials of the platform: from variables, for everybody who has no other, seen by nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors.catalog import Catalog
from gateway.access.service_keys import Role
from gateway.errors import SettingsError
from gateway.services.platform import read_platform
from tests.support.gateway import Harness
from tests.support.linking import dump
from tests.support.organisation import org_connections, owner_in
from tests.support.pasted import (
    CLIENT,
    INPUTS,
    KEY,
    OTHER_KEY,
    SECRET,
    Providers,
    gateway_with_keys,
    paste,
    write_connectors,
)
from tests.support.problems import problem
from tests.support.tokens import StoppedClock, fingerprint, token_of

ENV = {
    "PLATFORM_KEYED_KEY": KEY,
    "PLATFORM_KEYED_WORKSPACE": "acme",
    "PLATFORM_MUTE_KEY": KEY,
    "PLATFORM_TOKENED_CLIENT_ID": CLIENT["client_id"],
    "PLATFORM_TOKENED_CLIENT_SECRET": SECRET,
}


@pytest.fixture
async def gateway(
    mongodb_url: str, database_name: str, tmp_path: Path, providers: Providers
) -> AsyncIterator[Harness]:
    """A gateway with a platform credential of both connectors, at a standing clock."""
    async with _gateway(mongodb_url, database_name, tmp_path, providers) as harness:
        yield harness


@asynccontextmanager
async def _gateway(
    mongodb_url: str, database_name: str, folder: Path, providers: Providers
) -> AsyncIterator[Harness]:
    async with gateway_with_keys(
        mongodb_url, database_name, folder, providers, clock=StoppedClock(), env=ENV
    ) as harness:
        yield harness


async def test_a_platform_credential_serves_everybody_who_has_no_other(
    gateway: Harness, providers: Providers, mongodb_url: str, database_name: str
) -> None:
    tools = {name: await gateway.api(Role.TOKENS, tenant=name) for name in ("default", "other")}
    for user, tenant in (("alice", "default"), ("bob", "default"), ("alice", "other")):
        answer = await tools[tenant].post("/v1/connectors/keyed/token", json={"user": user})
        assert owner_in(answer) == ("platform", None)
        assert token_of(answer) == KEY
        assert answer.json()["api"]["query"] == {"workspace": "acme"}
        assert KEY not in str(answer.json()["connection"])
    assert providers.requests == []

    await gateway.services.audit.flush()
    api = await gateway.api(Role.ADMIN)
    wanted = {"action": "token.issued"}
    lines = (await api.get("/v1/audit", params=wanted)).json()["lines"]
    assert [(line["user"], line["owner"]) for line in lines] == [
        ("bob", "platform"),
        ("alice", "platform"),
    ]
    stored = b"".join(dump(mongodb_url, database_name).values())
    assert KEY.encode() not in stored


async def test_a_report_is_the_only_proof_against_a_key_that_cannot_be_checked(
    gateway: Harness,
) -> None:
    """It is the operators' to replace: every report is answered, and nothing is stored."""
    rejected = {"rejected_token_sha256": fingerprint(KEY)}
    answer = await gateway.token("mute", "alice", **rejected)
    problem(answer, 503, "provider_unavailable")
    client = await gateway.api(Role.TOKENS)
    forced = await client.post("/v1/connectors/mute/refresh", json={"user": "alice"})
    assert token_of(forced) == KEY


async def test_the_nearer_owners_win(gateway: Harness) -> None:
    assert owner_in(await gateway.token("keyed", "alice")) == ("platform", None)
    connections = await gateway.api(Role.CONNECTIONS)
    inputs = {**INPUTS, "key": OTHER_KEY}
    made = await connections.post(
        "/v1/connectors/keyed/connect", json={"inputs": inputs, "owner": "org"}
    )
    assert made.status_code == 200, made.text
    assert owner_in(await gateway.token("keyed", "alice")) == ("org", None)
    await paste(await gateway.browser("alice"), "keyed", inputs)
    assert owner_in(await gateway.token("keyed", "alice")) == ("user", "alice")
    assert owner_in(await gateway.token("keyed", "bob")) == ("org", None)
    pinned = await gateway.token("keyed", "alice", owner="platform")
    assert (owner_in(pinned), token_of(pinned)) == (("platform", None), KEY)
    by_id = pinned.json()["connection"]["id"]
    assert owner_in(await gateway.token("keyed", "alice", account=by_id)) == ("platform", None)
    problem(await gateway.token("keyed", "alice", account="other"), 404, "account_not_found")

    api = await gateway.api(Role.ADMIN)
    await api.put("/v1/connector-rules/keyed", json={"enabled": False, "personal": True})
    problem(await gateway.token("keyed", "bob", owner="platform"), 403, "connector_off")


async def test_nobody_sees_or_removes_it(gateway: Harness) -> None:
    name = (await gateway.token("keyed", "alice")).json()["connection"]["id"]
    connections = await gateway.api(Role.CONNECTIONS)
    for answer in (
        await connections.get(f"/v1/connections/{name}"),
        await connections.delete(f"/v1/connections/{name}"),
    ):
        problem(answer, 404, "connection_not_found")
    assert await org_connections(gateway) == []
    for user in ("alice", "admin"):
        browser = await gateway.browser(user)
        await browser.open("/dashboard/connectors")
        assert KEY[-4:] not in browser.text
    assert (await gateway.token("keyed", "alice")).status_code == 200


async def test_an_access_token_of_the_platform_is_obtained_once_and_renewed(
    gateway: Harness, providers: Providers
) -> None:
    answers = [await gateway.token("tokened", user) for user in ("alice", "bob", "alice")]
    first = token_of(answers[0])
    assert {token_of(answer) for answer in answers} == {first}
    assert len(providers.requests) == 1
    assert first not in {CLIENT["client_secret"], ""}

    rejected = await gateway.token("tokened", "alice", rejected_token_sha256=fingerprint(first))
    second = token_of(rejected)
    assert second != first
    assert token_of(await gateway.token("tokened", "bob")) == second
    late = await gateway.token("tokened", "bob", rejected_token_sha256=fingerprint(first))
    assert token_of(late) == second
    assert len(providers.requests) == 2

    gateway.clock.advance(days=2)
    assert token_of(await gateway.token("tokened", "alice")) not in {first, second}


async def test_a_refused_credential_is_the_operators_to_replace(
    gateway: Harness, providers: Providers
) -> None:
    providers.keys, providers.secret = set(), "another"
    reported = await gateway.token("keyed", "alice", rejected_token_sha256=fingerprint(KEY))
    problem(reported, 503, "provider_unavailable")
    problem(await gateway.token("tokened", "alice"), 503, "provider_unavailable")
    assert (await gateway.token("keyed", "alice")).status_code == 200


async def test_a_token_that_lives_is_handed_out_while_its_renewal_fails(
    gateway: Harness, providers: Providers
) -> None:
    answer = await gateway.token("tokened", "alice")
    providers.status = 503
    wanted: dict[str, Any] = {"min_seconds": 3600}
    assert token_of(await gateway.token("tokened", "alice", **wanted)) == token_of(answer)
    gateway.clock.advance(days=2)
    problem(await gateway.token("tokened", "alice"), 503, "provider_unavailable")


async def test_there_is_no_platform_credential_of_what_was_not_set(gateway: Harness) -> None:
    said = problem(await gateway.token("google", "alice", owner="platform"), 422, "invalid_request")
    assert "owner" in said["errors"]


@pytest.mark.parametrize(
    ("env", "wrong"),
    [
        ({"PLATFORM_NOWHERE_KEY": "x"}, "PLATFORM_NOWHERE_KEY: there is no connector"),
        ({"PLATFORM_KEY": "x"}, "PLATFORM_KEY: there is no connector"),
        (
            {"PLATFORM_KEYED_KEY": KEY, "PLATFORM_KEYED_REGION": "eu"},
            "PLATFORM_KEYED_REGION: is not an input of this connector",
        ),
        ({"PLATFORM_KEYED_KEY": KEY}, "PLATFORM_KEYED_WORKSPACE: "),
        (
            {"PLATFORM_KEYED_KEY": KEY[:9], "PLATFORM_KEYED_WORKSPACE": "acme"},
            "PLATFORM_KEYED_KEY: API key is too short",
        ),
        ({"PLATFORM_GOOGLE_KEY": "x"}, "PLATFORM_GOOGLE_KEY: google takes no pasted key"),
        (
            {
                "PLATFORM_FIGMA_KEY": "x",
                "OAUTH_FIGMA_CLIENT_ID": "id",
                "OAUTH_FIGMA_CLIENT_SECRET": "secret",
            },
            "PLATFORM_FIGMA_KEY: figma takes no pasted key",
        ),
    ],
)
def test_a_variable_that_cannot_be_right_ends_the_start(
    tmp_path: Path, env: dict[str, str], wrong: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read_platform(env, Catalog(env, write_connectors(tmp_path)))
    text = str(caught.value)
    assert text.startswith(wrong)
    assert KEY not in text
    assert len(text.splitlines()) == 1


def test_all_wrong_variables_are_named_together(tmp_path: Path) -> None:
    env = {"PLATFORM_NOWHERE_KEY": "x", "PLATFORM_KEYED_SECRET": "y", "PLATFORM_KEYED_KEY": " "}
    with pytest.raises(SettingsError) as caught:
        read_platform(env, Catalog(env, write_connectors(tmp_path)))
    assert len(str(caught.value).splitlines()) == 2


def test_an_empty_variable_is_not_set(tmp_path: Path) -> None:
    env = {"PLATFORM_KEYED_KEY": "", "PLATFORM_NOWHERE_KEY": "  "}
    assert read_platform(env, Catalog(env, write_connectors(tmp_path))) == {}


async def test_a_gateway_with_a_wrong_variable_does_not_start(
    mongodb_url: str, database_name: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="PLATFORM_KEYED_KEYS"):
        async with gateway_with_keys(
            mongodb_url, database_name, tmp_path, Providers(), env={"PLATFORM_KEYED_KEYS": KEY}
        ):
            pass
