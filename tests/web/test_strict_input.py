"""Input of the API: taken as documented, and in no other way (security F4, F5)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import anyio
import pytest

from connectors.errors import UnknownConnector
from gateway.access.service_keys import Role
from gateway.web.problems import members_of
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.problems import problem

TOKEN = "/v1/connectors/google/token"
JSON = {"Content-Type": "application/json"}

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
    ({"user": USER, "tenant": "other"}, "(unknown field)"),
    ({"user": USER, "$where": "1"}, "(unknown field)"),
    ({"user": USER, "force": True}, "(unknown field)"),
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


@pytest.mark.requirement("F4")
async def test_input_is_taken_as_documented_and_in_no_other_way(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """Operators, other types and unknown fields are refused, and no query is made of them."""
    browser = await gateway.browser(USER)
    await browser.connect("google", ACCOUNTS["google"])
    api = await gateway.api(Role.TOKENS)
    for body, wrong in INPUTS:
        with subtests.test(json.dumps(body)[:60]):
            answer = await api.post(TOKEN, content=json.dumps(body), headers=JSON)
            assert wrong in problem(answer, 422, "invalid_request")["errors"]
            assert "Value error" not in answer.text  # a library's words
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


@pytest.mark.requirement("F5")
async def test_a_body_that_cannot_be_read_is_refused_quickly(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """Deep nesting, ten megabytes, broken text."""
    api = await gateway.api(Role.TOKENS)
    for body, status in UNREADABLE:
        with subtests.test(f"{len(body)} bytes: {body[:30]!r}"), anyio.fail_after(10):
            answer = await api.post(TOKEN, content=body, headers=JSON)
            code = {413: "too_large", 422: "invalid_request"}[status]
            told = problem(answer, status, code)
            assert len(json.dumps(told)) < 3_000


@pytest.mark.requirement("F5")
async def test_a_large_body_without_a_declared_length_is_refused_while_it_comes(
    gateway: Harness,
) -> None:
    """Chunks are counted, and reading stops."""
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
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


@pytest.mark.requirement("J3")
async def test_input_is_not_repeated_in_the_answer(gateway: Harness) -> None:
    """A secret in the wrong field must not come back, nor reach a log that keeps answers."""
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


@pytest.mark.requirement("F4")
async def test_connector_names_are_looked_up_and_nothing_else(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """A name is no pattern, no path and no module."""
    api = await gateway.api(Role.TOKENS)
    for name in (
        "nowhere",
        "GOOGLE",
        "google%00",
        "*",
        "$ne",
        "__init__",
        "catalog.google",
        "%E2%80%AEgoogle",
        "x" * 3_000,
        " google",
        "google%20",
    ):
        with subtests.test(name[:30]):
            answer = await api.post(f"/v1/connectors/{name}/token", json={"user": "alice"})
            told = problem(answer, 404, "connector_unknown")
            assert name not in told["detail"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("notoin", "notion"),
        ("Notion", "notion"),
        ("google_calender", None),
        ("notion", None),  # it exists, and is not configured here
        ("sk-live-0123456789abcdef0123456789abcdef", None),
        ("notion/", None),
        ("notion" * 8, None),
    ],
)
def test_a_mistyped_connector_is_answered_with_the_name_that_is_meant(
    name: str, meant: str | None
) -> None:
    """The mistyped name may be a key in the wrong place, so only the right one is told."""
    detail = members_of(UnknownConnector(name))["detail"]
    assert detail.startswith(f'Did you mean "{meant}"? GET /v1/' if meant else "GET /v1/")
    assert name not in detail
