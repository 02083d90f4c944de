"""Administrators: the login says that a person is one, and nothing else can."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.access.service_keys import Role
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.identity_provider import running_identity_provider
from tests.support.logins import (
    GATEWAY_URL,
    HOST_URL,
    gateway_with,
    leads_to,
    parameters,
    post_login,
)
from tests.support.problems import problem
from tests.support.rows import Rows

URL_CLAIM = "https://example.com/roles"


@pytest.mark.parametrize(
    ("setting", "claims", "is_admin"),
    [
        ("groups=gateway-admins", {"groups": ["staff", "gateway-admins"]}, True),
        ("groups=gateway-admins", {"groups": "gateway-admins"}, True),
        ("groups=gateway-admins", {"groups": ["gateway-admins-of-nothing"]}, False),
        ("groups=admin", {"groups": "gateway-admins"}, False),
        ("groups=gateway-admins", {}, False),
        ("realm_access.roles=admin", {"realm_access": {"roles": ["admin"]}}, True),
        (f"{URL_CLAIM}=a=b", {URL_CLAIM: ["a=b"]}, True),
        ("is_admin=true", {"is_admin": True}, True),
        ("is_admin=true", {"is_admin": False}, False),
        ("", {"": ""}, False),
    ],
)
async def test_a_claim_of_the_id_token_makes_an_administrator(
    mongodb_url: str,
    database_name: str,
    clock: FakeClock,
    rows: Rows,
    setting: str,
    claims: dict[str, Any],
    is_admin: bool,
) -> None:
    async with (
        running_identity_provider() as provider,
        gateway_with(
            provider, mongodb_url, database_name, clock, oidc_admin_claim=setting
        ) as gateway,
    ):
        provider.person = {"sub": "u_alice", **claims}
        browser = await gateway.browser()
        await browser.open("/login")
        await browser.submit(action="/login")
        (session,) = await rows.sessions()
        cookie = browser.client.cookies["gateway_session"]
        found = await gateway.services.sessions.find(cookie)
    assert session.get("admin", False) is is_admin
    assert found is not None
    assert found.admin is is_admin


@pytest.mark.parametrize(("said", "is_admin"), [({"admin": True}, True), ({}, False)])
async def test_a_host_says_whether_its_user_is_an_administrator(
    mongodb_url: str,
    database_name: str,
    clock: FakeClock,
    rows: Rows,
    said: dict[str, Any],
    is_admin: bool,
) -> None:
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        public_url=GATEWAY_URL,
        login="handoff",
        handoff_url=HOST_URL,
    ) as gateway:
        browser = await gateway.browser()
        challenge = parameters(leads_to(await post_login(browser)))["login_challenge"]
        api = await gateway.api(Role.LOGINS)
        body = {"challenge": challenge, "user": "alice"}
        problem(await api.post("/v1/logins", json={**body, "admin": "yes"}), 422, "invalid_request")
        answer = await api.post("/v1/logins", json={**body, **said})
        await browser.client.get(answer.json()["return_url"])
        (session,) = await rows.sessions()
    assert session.get("admin", False) is is_admin


async def test_the_development_login_has_one_administrator(gateway: Harness, rows: Rows) -> None:
    await gateway.browser("alice")
    await gateway.browser("admin")
    assert [row.get("admin", False) for row in await rows.sessions()] == [False, True]
