"""Service keys by API: ``/v1/keys``."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from gateway.access.service_keys import Role
from gateway.clock import rfc3339
from tests.support.assertions import Host
from tests.support.gateway import Harness
from tests.support.problems import problem


async def test_a_new_key_works_at_once_and_is_shown_this_once(gateway: Harness) -> None:
    admin = await gateway.api(Role.ADMIN)
    answer = await admin.post("/v1/keys", json={"roles": ["tokens"], "label": "calendar tool"})
    assert answer.status_code == 201
    made = answer.json()
    assert {*made} == {
        "id",
        "label",
        "roles",
        "connectors",
        "user_assertion",
        "created_at",
        "expires_at",
        "last_used_at",
        "key",
    }
    nothing = ("connectors", "user_assertion", "expires_at", "last_used_at")
    assert [made[name] for name in nothing] == [None] * 4
    assert re.fullmatch(r"gwk_[0-9a-f]{16}_[0-9a-f]{64}", made["key"])
    assert (made["label"], made["roles"]) == ("calendar tool", ["tokens"])

    api = await gateway.api()
    api.headers["Authorization"] = f"Bearer {made['key']}"
    answer = await api.post("/v1/connectors/google/token", json={"user": "alice"})
    problem(answer, 409, "connector_required")
    problem(await api.get("/v1/keys"), 403, "forbidden")

    listed = await admin.get("/v1/keys")
    assert made["key"] not in listed.text
    assert made["key"].rpartition("_")[2] not in listed.text
    (entry,) = [entry for entry in listed.json()["keys"] if entry["id"] == made["id"]]
    used_at = entry.pop("last_used_at")
    assert used_at >= made["created_at"]
    assert entry == {name: made[name] for name in entry}


@pytest.mark.requirement("F2")
async def test_a_deleted_key_is_refused_from_the_next_request_on(gateway: Harness) -> None:
    admin = await gateway.api(Role.ADMIN)
    made = (await admin.post("/v1/keys", json={"roles": ["connections"]})).json()
    api = await gateway.api()
    api.headers["Authorization"] = f"Bearer {made['key']}"
    assert (await api.get("/v1/connections?user=alice")).status_code == 200
    deleted = await admin.delete(f"/v1/keys/{made['id']}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    problem(await api.get("/v1/connections?user=alice"), 401, "unauthorized")
    problem(await admin.delete(f"/v1/keys/{made['id']}"), 404, "not_found")
    assert made["id"] not in (await admin.get("/v1/keys")).text


@pytest.mark.requirement("F2")
async def test_a_key_ends_when_it_was_said_to(gateway: Harness) -> None:
    """From one request to the next, also where it is remembered; and the list still shows it."""
    admin = await gateway.api(Role.ADMIN)
    end = rfc3339(gateway.clock() + timedelta(minutes=10))
    body = {"roles": ["connections"], "expires_at": end, "connectors": ["notion", "google"]}
    made = (await admin.post("/v1/keys", json=body)).json()
    assert (made["expires_at"], made["connectors"]) == (end, ["google", "notion"])
    api = await gateway.api()
    api.headers["Authorization"] = f"Bearer {made['key']}"
    gateway.clock.advance(minutes=9, seconds=55)
    assert (await api.get("/v1/connections?user=alice")).status_code == 200
    gateway.clock.advance(seconds=6)
    problem(await api.get("/v1/connections?user=alice"), 401, "unauthorized")
    assert made["id"] in (await admin.get("/v1/keys")).text


@pytest.mark.requirement("F2")
async def test_of_an_assertion_key_the_public_part_is_kept_and_shown(gateway: Harness) -> None:
    """Nothing secret is stored."""
    admin = await gateway.api(Role.ADMIN)
    wanted = {**PUBLIC, "kid": "one", "alg": "EdDSA", "key_ops": ["verify"], "note": "x"}
    body = {"roles": ["tokens"], "user_assertion": {"keys": [wanted]}}
    made = await admin.post("/v1/keys", json=body)
    assert made.json()["user_assertion"] == {"keys": [{**PUBLIC, "kid": "one"}]}
    api = await gateway.api()
    api.headers["Authorization"] = f"Bearer {made.json()['key']}"
    answer = await api.post("/v1/connectors/google/token", json={"user": "alice"})
    problem(answer, 403, "assertion_required")


async def test_keys_are_listed_oldest_first(gateway: Harness) -> None:
    admin = await gateway.api(Role.ADMIN)
    for label in ("one", "two", "three"):
        gateway.clock.advance(seconds=1)
        await admin.post("/v1/keys", json={"roles": ["tokens"], "label": label})
    listed = (await admin.get("/v1/keys")).json()["keys"]
    assert [key["label"] for key in listed] == ["", "one", "two", "three"]
    assert listed[0]["roles"] == ["admin"]


@pytest.mark.requirement("F1")
async def test_an_administrator_rules_over_one_tenant(gateway: Harness) -> None:
    """Another tenant's keys cannot be seen, deleted or made."""
    ours, theirs = await gateway.api(Role.ADMIN), await gateway.api(Role.ADMIN, tenant="other")
    made = (await theirs.post("/v1/keys", json={"roles": ["tokens"]})).json()
    assert made["id"] not in (await ours.get("/v1/keys")).text
    missing = problem(await ours.delete("/v1/keys/0000000000000000"), 404, "not_found")
    foreign = problem(await ours.delete(f"/v1/keys/{made['id']}"), 404, "not_found")
    assert {**missing, "request_id": ""} == {**foreign, "request_id": ""}
    assert made["id"] in (await theirs.get("/v1/keys")).text
    refused = await ours.post("/v1/keys", json={"roles": ["tokens"], "tenant": "other"})
    problem(refused, 422, "invalid_request")


PUBLIC = Host().public
BODIES: list[tuple[object, str]] = [
    ({"roles": []}, "roles"),
    ({"roles": ["root"]}, "roles.0"),
    ({"roles": ["tokens", "*"]}, "roles.1"),
    ({"roles": "tokens"}, "roles"),
    ({"roles": {"$in": ["tokens"]}}, "roles"),
    ({"roles": [None]}, "roles.0"),
    ({"roles": ["TOKENS"]}, "roles.0"),
    ({"roles": ["tokens"] * 9}, "roles"),
    ({}, "roles"),
    ({"roles": ["tokens"], "label": "x" * 101}, "label"),
    ({"roles": ["tokens"], "label": None}, "label"),
    ({"roles": ["tokens"], "label": "\x1b[2Jsafe"}, "label"),
    ({"roles": ["tokens"], "label": "safe\nk1  admin"}, "label"),
    ({"roles": ["tokens"], "label": "\u202esafe"}, "label"),
    ({"roles": ["tokens"], "must not be repeated": "x"}, "(unknown field)"),
    (
        {"roles": ["tokens"], "user_assertion": {"must not be repeated": 1}},
        "user_assertion.(unknown field)",
    ),
    ({"roles": ["tokens"], "id": "0000000000000000"}, "(unknown field)"),
    ({"roles": ["tokens"], "secret_hash": "x"}, "(unknown field)"),
    ({"roles": ["tokens"], "connectors": []}, "connectors"),
    ({"roles": ["tokens"], "connectors": ["nowhere"]}, "connectors"),
    ({"roles": ["tokens"], "connectors": ["google", {"$ne": ""}]}, "connectors.1"),
    ({"roles": ["tokens"], "connectors": "google"}, "connectors"),
    ({"roles": ["tokens", "admin"], "connectors": ["google"]}, "connectors"),
    ({"roles": ["logins"], "user_assertion": {"keys": [PUBLIC]}}, "user_assertion"),
    ({"roles": ["tokens"], "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
    ({"roles": ["tokens"], "expires_at": "9999-12-31T23:59:59-14:00"}, "expires_at"),
    ({"roles": ["tokens"], "expires_at": "2030-01-01T00:00:00"}, "expires_at"),
    ({"roles": ["tokens"], "expires_at": "1900000000"}, "expires_at"),
    ({"roles": ["tokens"], "expires_at": 1900000000}, "expires_at"),
    ({"roles": ["tokens"], "expires_at": "soon"}, "expires_at"),
    ({"roles": ["tokens"], "user_assertion": {}}, "user_assertion.keys"),
    ({"roles": ["tokens"], "user_assertion": {"keys": []}}, "user_assertion.keys"),
    ({"roles": ["tokens"], "user_assertion": {"keys": [PUBLIC] * 3}}, "user_assertion.keys"),
    ({"roles": ["tokens"], "user_assertion": {"keys": [PUBLIC] * 2}}, "user_assertion"),
    ({"roles": ["tokens"], "user_assertion": {"keys": ["x"]}}, "user_assertion.keys.0"),
    *(
        ({"roles": ["tokens"], "user_assertion": {"keys": [wrong]}}, "user_assertion")
        for wrong in (
            {},
            {"kty": "oct", "k": "AAAA"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
            {**PUBLIC, "crv": "X25519"},
            {**PUBLIC, "kty": "EC"},
            {**PUBLIC, "x": "AAAA"},
            {**PUBLIC, "x": 7},
            {**PUBLIC, "use": "enc"},
            {**PUBLIC, "kid": ""},
            {**PUBLIC, "kid": ["a"]},
            {**PUBLIC, "kid": "a\x1b[2J"},
            {**PUBLIC, "x": "A" * 43},
            {**PUBLIC, "d": "a private key that must not be repeated"},
        )
    ),
]


@pytest.mark.requirement("F4")
async def test_a_key_is_made_as_documented_or_not_at_all(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    admin = await gateway.api(Role.ADMIN)
    for body, wrong in BODIES:
        with subtests.test(repr(body)):
            answer = await admin.post("/v1/keys", json=body)
            assert wrong in problem(answer, 422, "invalid_request")["errors"]
            assert "must not be repeated" not in answer.text
    assert len((await admin.get("/v1/keys")).json()["keys"]) == 1


async def test_a_session_manages_no_keys(gateway: Harness) -> None:
    """Only a key with the role creates keys; a session does not help."""
    browser = await gateway.browser("alice")
    url = f"{gateway.settings.public_url}/v1/keys"
    headers = {
        "Accept": "application/json",
        "Origin": gateway.settings.public_url,
        "X-CSRF-Token": browser.csrf_token(),
    }
    for method in ("GET", "POST"):
        answer = await browser.client.request(
            method, url, json={"roles": ["admin"]}, headers=headers
        )
        problem(answer, 401, "unauthorized")
