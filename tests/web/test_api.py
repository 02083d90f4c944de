"""What all of the API has in common: open endpoints, strict input, keys, and how it says no."""

from __future__ import annotations

import json
from typing import Any

import anyio
import httpx
import pytest

from gateway.identity.keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.problems import problem
from tests.support.rows import Rows

TOKEN = "/v1/connectors/google/token"
JSON = {"Content-Type": "application/json"}


async def test_health_says_ok_and_nothing_else(gateway: Harness) -> None:
    """L5: neither version nor configuration."""
    api = await gateway.api()
    for path in ("/healthz", "/readyz"):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_anybody_may_see_what_can_be_connected(gateway: Harness) -> None:
    api = await gateway.api()
    answer = await api.get("/v1/connectors/available")
    assert answer.status_code == 200
    google, notion, shopify = answer.json()["connectors"]
    assert google == {
        "name": "google",
        "display_name": "Google",
        "category": "productivity",
        "scopes": ["openid", "https://www.googleapis.com/auth/userinfo.email"],
        "connection_config": {},
        "supports_refresh": True,
        "supports_multiple_accounts": True,
        "connect_url": f"{GATEWAY_URL}/connectors/google",
    }
    assert (notion["name"], notion["scopes"]) == ("notion", [])
    assert shopify["connection_config"] == {
        "shop": {
            "title": "Store",
            "description": "The name of your store, as in its myshopify.com address.",
            "example": "acme",
            "pattern": "[a-z0-9][a-z0-9_-]{0,62}",
            "suffix": ".myshopify.com",
        }
    }


async def test_a_connector_without_its_variables_is_not_available(outside: Harness) -> None:
    """The outside connector is there because its sandbox lends the variables."""
    api = await outside.api()
    listed = (await api.get("/v1/connectors/available")).json()["connectors"]
    assert [entry["name"] for entry in listed] == ["google", "notion", "shopify", "solo"]


async def test_an_address_that_is_none_is_a_problem(gateway: Harness) -> None:
    api = await gateway.api()
    for path in ("/v1/nowhere", "/v1", "/v1/connectors", "/v1/connectors/google", "/v2/keys"):
        problem(await api.get(path), 404, "not_found")
    refused = await api.put(TOKEN)
    problem(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "POST"


BAD_KEYS: list[bytes] = [
    b"",
    b"Bearer",
    b"Bearer ",
    b"Bearer gwk_",
    b"Bearer gwk_0000000000000000_" + b"0" * 64,
    b"Bearer gwk_0000000000000000_" + b"0" * 100_000,
    b"Bearer " + "gwk_0000000000000000_é".encode(),
    b"Bearer gwk_0000000000000000_" + "é".encode("latin-1") * 64,
    b"Bearer \xff\xfe",
    b'Bearer {"$ne": null}',
    b"Bearer null",
    b"Basic Z3drOng=",
    b"Bearer a, Bearer b",
]


async def test_what_is_no_key_is_refused_and_never_repeated(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """E5: not ASCII, empty, long, of another kind: always 401 and never an error of ours."""
    api = await gateway.api()
    for header in BAD_KEYS:
        with subtests.test(repr(header[:40])):
            answer = await api.post(
                TOKEN, json={"user": "alice"}, headers={b"Authorization": header}
            )
            assert "secret" not in problem(answer, 401, "unauthorized")["detail"]
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_key_is_taken_whole_or_not_at_all(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """E5: truncated, longer, changed in one place, in other letters, in another place."""
    key = await gateway.key(Role.TOKENS)
    api = await gateway.api()
    last = "0" if key[-1] != "0" else "1"
    for wrong in (key[:-1], key + "0", key[:-1] + last, key.upper(), key[4:], f"{key}\t{key}"):
        with subtests.test(len(wrong)):
            answer = await api.post(
                TOKEN, json={"user": "u"}, headers={"Authorization": f"Bearer {wrong}"}
            )
            problem(answer, 401, "unauthorized")
    for place in (
        {"params": {"api_key": key}},
        {"params": {"access_token": key}},
        {"cookies": {"gateway_session": key}},
        {"headers": {"X-Api-Key": key}},
    ):
        with subtests.test(str([*place])):
            request = api.build_request("POST", TOKEN, json={"user": "u"}, **_any(place))
            problem(await api.send(request), 401, "unauthorized")
    right = {"Authorization": f"bearer {key}"}  # the scheme's case does not matter (RFC 9110 11.1)
    problem(await api.post(TOKEN, json={"user": "u"}, headers=right), 409, "connector_required")


USER = "alice"
INPUTS: list[tuple[object, str]] = [
    ({"user": {"$ne": None}}, "user"),
    ({"user": {"$gt": ""}}, "user"),
    ({"user": {"$regex": ".*"}}, "user"),
    ({"user": {"$where": "1"}}, "user"),
    ({"user": [USER]}, "user"),
    ({"user": None}, "user"),
    ({"user": 1}, "user"),
    ({"user": True}, "user"),
    ({"user": ""}, "user"),
    ({"user": "a\u0000b"}, "user"),
    ({"user": "a\nb"}, "user"),
    ({"user": "x" * 256}, "user"),
    ({}, "user"),
    ({"User": USER}, "user"),
    ({"user": USER, "account": {"$ne": None}}, "account"),
    ({"user": USER, "account": ""}, "account"),
    ({"user": USER, "account": "x" * 256}, "account"),
    ({"user": USER, "account": 7}, "account"),
    ({"user": USER, "tenant": "other"}, "tenant"),
    ({"user": USER, "$where": "1"}, "$where"),
    ({"user": USER, "force": True}, "force"),
    ({"user": USER, "min_seconds": "60"}, "min_seconds"),
    ({"user": USER, "min_seconds": 60.5}, "min_seconds"),
    ({"user": USER, "min_seconds": True}, "min_seconds"),
    ({"user": USER, "min_seconds": -1}, "min_seconds"),
    ({"user": USER, "min_seconds": 3601}, "min_seconds"),
    ({"user": USER, "min_seconds": 10**400}, "min_seconds"),
    ({"user": USER, "rejected_token_sha256": "x"}, "rejected_token_sha256"),
    ({"user": USER, "rejected_token_sha256": "A" * 64}, "rejected_token_sha256"),
    ({"user": USER, "rejected_token_sha256": "a" * 64 + "\n"}, "rejected_token_sha256"),
    ({"user": USER, "rejected_token_sha256": {"$gt": ""}}, "rejected_token_sha256"),
    ([{"user": USER}], "body"),
    (USER, "body"),
    (None, "body"),
]


async def test_input_is_taken_as_documented_and_in_no_other_way(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """F4: operators, other types and unknown fields are named, and no query is made of them."""
    browser = await gateway.browser(USER)
    await browser.connect("google", ACCOUNTS["google"])
    api = await gateway.api(Role.TOKENS)
    for body, wrong in INPUTS:
        with subtests.test(json.dumps(body)[:60]):
            answer = await api.post(TOKEN, content=json.dumps(body), headers=JSON)
            assert wrong in problem(answer, 422, "invalid_request")["errors"]
    assert (await api.post(TOKEN, json={"user": USER})).status_code == 200


UNREADABLE: list[tuple[bytes, int]] = [
    (b"", 422),
    (b"{", 422),
    (b'{"user": "alice"} {"user": "bob"}', 422),
    (b"user=alice", 422),
    (b"\xff\xfe{\x00}\x00", 422),
    (b'{"user": "\\ud800"}', 422),
    (b'{"user": "\xff"}', 422),
    (b'{"user": "alice", "min_seconds": NaN}', 422),
    (b'{"user": "alice", "min_seconds": 1e999}', 422),
    (b"[" * 30_000, 422),
    (b'{"user":' * 8_000, 422),
    (b"[" * 100_000 + b"]" * 100_000, 413),
    (b'{"user": "' + b"x" * 10_000_000 + b'"}', 413),
]


async def test_a_body_that_cannot_be_read_is_refused_quickly(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """F5: deep nesting, ten megabytes, broken text."""
    api = await gateway.api(Role.TOKENS)
    for body, status in UNREADABLE:
        with subtests.test(f"{len(body)} bytes: {body[:30]!r}"), anyio.fail_after(2):
            answer = await api.post(TOKEN, content=body, headers=JSON)
            code = {413: "too_large", 422: "invalid_request"}[status]
            told = problem(answer, status, code)
            assert len(json.dumps(told)) < 3_000


async def test_a_large_body_without_a_declared_length_is_refused_while_it_comes(
    gateway: Harness,
) -> None:
    """F5: chunks are counted, and reading stops."""
    sent = 0

    async def chunks() -> Any:
        nonlocal sent
        for _ in range(1_000):
            sent += 1
            yield b"x" * 10_000

    api = await gateway.api(Role.TOKENS)
    answer = await api.post(TOKEN, content=chunks(), headers=JSON)
    problem(answer, 413, "too_large")
    assert sent < 20


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp", "text/json"],
)
async def test_json_is_declared_as_json(gateway: Harness, content_type: str) -> None:
    api = await gateway.api(Role.TOKENS)
    answer = await api.post(
        TOKEN, content=b'{"user": "alice"}', headers={"Content-Type": content_type}
    )
    problem(answer, 422, "invalid_request")


async def test_input_is_not_repeated_in_the_answer(gateway: Harness) -> None:
    """J3: a secret in the wrong field must not come back, nor reach a log that keeps answers."""
    api = await gateway.api(*Role)
    secret = "gwk_0123456789abcdef_" + "5ecret" * 11
    for path, body in (
        (TOKEN, {"user": "alice", "min_seconds": secret}),
        (TOKEN, {"user": secret + "\n"}),
        ("/v1/keys", {"roles": [secret]}),
    ):
        answer = await api.post(path, json=body)
        problem(answer, 422, "invalid_request")
        assert "5ecret" not in answer.text


async def test_connector_names_are_looked_up_and_nothing_else(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """F4: a name is no pattern, no path and no module."""
    api = await gateway.api(Role.TOKENS)
    for name in ("nowhere", "GOOGLE", "google%00", "*", "$ne", "__init__", "catalog.google",
                 "%E2%80%AEgoogle", "x" * 3_000, " google", "google%20"):  # fmt: skip
        with subtests.test(name[:30]):
            answer = await api.post(f"/v1/connectors/{name}/token", json={"user": "alice"})
            told = problem(answer, 404, "connector_unknown")
            assert name not in told["detail"]


async def test_answers_of_the_api_open_no_door_to_other_origins(gateway: Harness) -> None:
    """F3: no CORS."""
    api = await gateway.api(Role.TOKENS)
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = await api.options(TOKEN, headers=asked)
    assert preflight.status_code == 405
    answer = await api.post(TOKEN, json={"user": "alice"}, headers=asked)
    for response in (preflight, answer):
        assert not [name for name in response.headers if name.startswith("access-control")]


async def test_a_browser_that_comes_by_gets_a_page(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("alice")
    page = await browser.open("/v1/connections/con_000000000000000000000000")
    assert page.status_code == 404
    assert "Error 404" in browser.text
    assert "There is no such connection" in browser.text
    assert await rows.connections() == []


def _any(arguments: object) -> dict[str, Any]:
    assert isinstance(arguments, dict)
    return {**arguments}


def test_the_client_under_test_sends_what_it_is_told() -> None:
    """Header bytes reach the application unchanged, or the tests above would prove nothing."""
    request = httpx.Request("GET", GATEWAY_URL, headers={b"Authorization": b"Bearer \xff"})
    assert (b"Authorization", b"Bearer \xff") in request.headers.raw
