"""Attacks of a writer of the database who has no encryption key."""

from __future__ import annotations

import secrets
from datetime import timedelta

import httpx
import pytest
from pymongo import MongoClient

from gateway.access.service_keys import Role
from gateway.clock import utc_now
from gateway.digest import sha256_hex
from tests.attacks.arena import DATABASE, Arena, Row
from tests.attacks.conftest import Browsers
from tests.attacks.test_callback import waiting
from tests.support.loopback import loopback_client

pytestmark = pytest.mark.requirement("E5")


async def keys_of(arena: Arena, key: str) -> httpx.Response:
    """List the service keys with a key."""
    async with loopback_client(base_url=arena.url) as client:
        return await client.get("/v1/keys", headers={"Authorization": f"Bearer {key}"})


async def test_a_planted_service_key_is_refused(arena: Arena) -> None:
    """The attacker chooses the secret and copies a real row, its proof included, for the rest."""
    real = arena.key(Role.ADMIN)
    assert (await keys_of(arena, real)).status_code == 200
    key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
    with MongoClient[Row](arena.database_url) as client:
        rows = client[DATABASE]["service_keys"]
        copied = rows.find_one({"_id": real.split("_")[1]})
        assert copied is not None
        rows.insert_one(copied | {"_id": key_id, "secret_hash": sha256_hex(secret)})

    assert (await keys_of(arena, f"gwk_{key_id}_{secret}")).status_code == 401
    assert (await keys_of(arena, real)).status_code == 200


async def test_a_key_does_not_become_an_admins(arena: Arena) -> None:
    """The attacker owns a key, and changes its roles and its tenant."""
    for change in ({"roles": ["admin", "tokens"]}, {"tenant": "other", "roles": ["admin"]}):
        key = arena.key(Role.TOKENS)
        with MongoClient[Row](arena.database_url) as client:
            client[DATABASE]["service_keys"].update_one(
                {"_id": key.split("_")[1]}, {"$set": change}
            )
        assert (await keys_of(arena, key)).status_code == 401


@pytest.mark.parametrize("how", ["planted", "renamed"])
async def test_a_session_of_another_user_is_refused(
    arena: Arena, browsers: Browsers, how: str
) -> None:
    """The attacker plants a session for the victim, or names the victim in its own."""
    victim, browser, now = arena.person("victim"), browsers(), utc_now()
    cookie = secrets.token_urlsafe(32)
    with MongoClient[Row](arena.database_url) as client:
        sessions = client[DATABASE]["sessions"]
        if how == "planted":
            sessions.insert_one(
                {
                    "_id": sha256_hex(cookie),
                    "tenant": "default",
                    "user": victim,
                    "created_at": now,
                    "seen_at": now,
                    "expires_at": now + timedelta(days=7),
                }
            )
            browser.client.cookies.set(
                "gateway_session", cookie, domain="localhost.local", path="/"
            )
        else:
            attacker = arena.person("attacker")
            await browser.sign_in(attacker)
            assert attacker in (await browser.open("/dashboard/connectors")).text
            sessions.update_one({"user": attacker}, {"$set": {"user": victim}})

    page = await browser.open("/dashboard/connectors")
    assert victim not in page.text
    assert page.url.path == "/login"


async def test_nobody_becomes_an_administrator_in_the_database(
    arena: Arena, browsers: Browsers
) -> None:
    """The attacker's own session, and a flow of its own that is to fill the organisation."""
    attacker, browser = arena.person("attacker"), browsers()
    callback = await waiting(browser, attacker)
    before = arena.before()
    with MongoClient[Row](arena.database_url) as client:
        flows, sessions = client[DATABASE]["oauth_state"], client[DATABASE]["sessions"]
        flows.update_one({"user": attacker}, {"$set": {"owner": "org"}})
        assert (await browser.open(callback, site="cross-site")).status_code == 400
        sessions.update_one({"user": attacker}, {"$set": {"admin": True}})
    page = await browser.open("/dashboard/organisation")
    assert page.url.path == "/login"
    arena.assert_nothing_came_of_it(before)


async def test_a_changed_flow_sends_the_code_nowhere(arena: Arena, browsers: Browsers) -> None:
    """The attacker lets the code, and the client secret, go to a server of its own."""
    user, browser = arena.person("alice"), browsers()
    callback = await waiting(browser, user)
    with MongoClient[Row](arena.database_url) as client:
        client[DATABASE]["oauth_state"].update_one(
            {"user": user}, {"$set": {"endpoints.token_url": f"{arena.hostile.url}/token"}}
        )
    before = arena.before()
    assert (await browser.open(callback, site="cross-site")).status_code >= 400
    arena.assert_nothing_came_of_it(before)
