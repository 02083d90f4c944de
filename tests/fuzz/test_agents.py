"""Odd messages to ``/oauth/…`` and ``/mcp``, which ``/openapi.json`` does not describe.

No message breaks the gateway, every refusal of the authorization server has the form of RFC 6749
(5.2), and nothing sends a browser to an address that no client registered.
"""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.authorization.redirects import MAX_URIS
from tests.fuzz.conftest import Target
from tests.fuzz.test_openapi import fuzzed
from tests.support.loopback import LOOPBACK

REDIRECT = "https://agent.example.com/callback"
VALUES = [
    "authorization_code", "refresh_token", "code", "S256", "plain", "tools:read", "gwr_x.y.z",
    REDIRECT, "https://evil.example.com/", "javascript:alert(1)", "none", "",
]  # fmt: skip
FIELDS = [
    "grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret", "scope",
    "resource", "refresh_token", "token", "token_type_hint", "response_type", "state",
    "code_challenge", "code_challenge_method", "prompt",
]  # fmt: skip
METADATA = ["redirect_uris", "client_name", "grant_types", "token_endpoint_auth_method", "scope"]
METHODS = [
    "initialize", "server/discover", "tools/list", "tools/call", "skills/list", "skills/get",
    "resources/read", "notifications/cancelled", "ping", "prompts/get",
]  # fmt: skip
REVISIONS = ["2026-07-28", "2025-11-25", "2025-03-26", "1999-01-01"]

texts = st.sampled_from(VALUES) | st.text(max_size=40)
forms = st.lists(st.tuples(st.sampled_from(FIELDS) | st.text(max_size=8), texts), max_size=9)
any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def client_id(target: Target) -> str:
    """A registered client, so that messages get further than the client's name."""
    body = {"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none"}
    answer = LOOPBACK.post(f"{target.url}/oauth/register", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["client_id"])


def assert_oauth_error(answer: Any) -> None:
    """RFC 6749 (5.2), or the whole gateway's own refusal of an oversized or unreadable message."""
    if answer.headers["content-type"] == "application/problem+json":
        assert answer.status_code in {413, 415, 429}
        return
    body = answer.json()
    assert answer.status_code in {400, 401}
    assert set(body) <= {"error", "error_description"}
    assert set(body["error"]) <= {*string.ascii_lowercase, "_"}


@pytest.mark.requirement("F5")
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke"])
@fuzzed
@given(form=forms, is_known=st.booleans())
def test_forms_are_refused_as_oauth_says(
    target: Target, client_id: str, path: str, form: list[tuple[str, str]], is_known: bool
) -> None:
    data: dict[str, list[str]] = {"client_id": [client_id]} if is_known else {}
    for name, value in form:
        data.setdefault(name, []).append(value)
    answer = LOOPBACK.post(target.url + path, data=data)
    if answer.status_code != 200:  # RFC 7009: whether there was such a token is not told
        assert_oauth_error(answer)
    else:
        assert path == "/oauth/revoke"
        assert not answer.content


@pytest.mark.requirement("F5")
@fuzzed
@given(body=st.dictionaries(st.sampled_from(METADATA) | texts, any_json, max_size=6) | any_json)
def test_registrations_are_refused_as_oauth_says(target: Target, body: Any) -> None:
    answer = LOOPBACK.post(f"{target.url}/oauth/register", json=body)
    if answer.status_code == 201:
        assert 1 <= len(answer.json()["redirect_uris"]) <= MAX_URIS
    else:
        assert_oauth_error(answer)


@pytest.mark.requirement("F5", "A13")
@fuzzed
@given(form=forms, is_known=st.booleans())
def test_no_request_sends_a_browser_elsewhere(
    target: Target, client_id: str, form: list[tuple[str, str]], is_known: bool
) -> None:
    query: list[tuple[str, Any]] = [*form, *([("client_id", client_id)] if is_known else [])]
    answer = LOOPBACK.get(f"{target.url}/oauth/authorize", params=query, follow_redirects=False)
    assert answer.status_code < 500
    if "location" in answer.headers:
        assert answer.headers["location"].startswith(("/login", f"{target.url}/login"))


@pytest.mark.requirement("F5")
@fuzzed
@given(
    message=any_json
    | st.fixed_dictionaries(
        {"jsonrpc": st.just("2.0"), "method": st.sampled_from(METHODS) | texts},
        optional={"id": st.integers() | texts, "params": any_json},
    ),
    revision=st.sampled_from(REVISIONS) | st.none(),
)
def test_no_message_breaks_mcp(target: Target, message: Any, revision: str | None) -> None:
    headers = {
        **target.caller("POST /mcp", [{"key": []}]),
        "Gateway-User": "alice",
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
    }
    if revision is not None:
        headers["MCP-Protocol-Version"] = revision
        if isinstance(message, dict) and str(message.get("method")) in METHODS:
            headers["Mcp-Method"] = message["method"]
    content = json.dumps(message)
    answer = LOOPBACK.post(f"{target.url}/mcp", content=content, headers=headers)
    assert answer.status_code < 500, answer.text
