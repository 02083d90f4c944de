"""Service keys by API: ``/v1/keys``."""

from __future__ import annotations

import re

import pytest

from gateway.identity.keys import Role
from tests.support.gateway import Harness
from tests.support.problems import problem


async def test_a_new_key_works_at_once_and_is_shown_this_once(gateway: Harness) -> None:
    admin = await gateway.api(Role.ADMIN)
    answer = await admin.post("/v1/keys", json={"roles": ["tokens"], "label": "calendar tool"})
    assert answer.status_code == 201
    made = answer.json()
    assert {*made} == {"id", "label", "roles", "created_at", "key"}
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
    entry = {name: made[name] for name in ("id", "label", "roles", "created_at")}
    assert entry in listed.json()["keys"]


async def test_a_deleted_key_is_refused_from_the_next_request_on(gateway: Harness) -> None:
    """F2."""
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


async def test_keys_are_listed_oldest_first(gateway: Harness) -> None:
    admin = await gateway.api(Role.ADMIN)
    for label in ("one", "two", "three"):
        gateway.clock.advance(seconds=1)
        await admin.post("/v1/keys", json={"roles": ["tokens"], "label": label})
    listed = (await admin.get("/v1/keys")).json()["keys"]
    assert [key["label"] for key in listed] == ["", "one", "two", "three"]
    assert listed[0]["roles"] == ["admin"]


async def test_an_administrator_rules_over_one_tenant(gateway: Harness) -> None:
    """F1: another tenant's keys cannot be seen, deleted or made."""
    ours, theirs = await gateway.api(Role.ADMIN), await gateway.api(Role.ADMIN, tenant="other")
    made = (await theirs.post("/v1/keys", json={"roles": ["tokens"]})).json()
    assert made["id"] not in (await ours.get("/v1/keys")).text
    missing = problem(await ours.delete("/v1/keys/0000000000000000"), 404, "not_found")
    foreign = problem(await ours.delete(f"/v1/keys/{made['id']}"), 404, "not_found")
    assert {**missing, "request_id": ""} == {**foreign, "request_id": ""}
    assert made["id"] in (await theirs.get("/v1/keys")).text
    refused = await ours.post("/v1/keys", json={"roles": ["tokens"], "tenant": "other"})
    problem(refused, 422, "invalid_request")


BODIES: list[tuple[object, str]] = [
    ({"roles": []}, "roles"),
    ({"roles": ["root"]}, "roles.0"),
    ({"roles": ["tokens", "*"]}, "roles.1"),
    ({"roles": "tokens"}, "roles"),
    ({"roles": {"$in": ["tokens"]}}, "roles"),
    ({"roles": [None]}, "roles.0"),
    ({"roles": ["TOKENS"]}, "roles.0"),
    ({"roles": ["tokens"] * 4}, "roles"),
    ({}, "roles"),
    ({"roles": ["tokens"], "label": "x" * 101}, "label"),
    ({"roles": ["tokens"], "label": None}, "label"),
    ({"roles": ["tokens"], "id": "0000000000000000"}, "id"),
    ({"roles": ["tokens"], "secret_hash": "x"}, "secret_hash"),
]


async def test_a_key_is_made_as_documented_or_not_at_all(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """F4."""
    admin = await gateway.api(Role.ADMIN)
    for body, wrong in BODIES:
        with subtests.test(repr(body)):
            answer = await admin.post("/v1/keys", json=body)
            assert wrong in problem(answer, 422, "invalid_request")["errors"]
    assert len((await admin.get("/v1/keys")).json()["keys"]) == 1


async def test_a_session_manages_no_keys(gateway: Harness) -> None:
    """Only a key with the role makes keys, whoever is signed in."""
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
