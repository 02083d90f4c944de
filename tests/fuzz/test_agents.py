"""Odd messages to ``/oauth/…`` and ``/mcp``, which ``/openapi.json`` does not describe.

No message breaks the gateway, every refusal of the authorization server has the form of RFC 6749
(5.2), and nothing sends a browser to an address that no client registered.
"""

from __future__ import annotations

import html
import json
import re
import string
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.authorization.redirects import MAX_URIS
from tests.fuzz.conftest import Target
from tests.fuzz.test_openapi import fuzzed
from tests.mcp.speaking import messages, modern
from tests.support.loopback import LOOPBACK

REDIRECT, EVIL = "https://agent.example.com/callback", "https://evil.example.com/"
VALUES = [
    "authorization_code",
    "refresh_token",
    "code",
    "S256",
    "plain",
    "tools:read",
    "gwr_x.y.z",
    REDIRECT,
    EVIL,
    "http://agent.example.com/callback",
    "javascript:alert(1)",
    "none",
    "",
]
FIELDS = [
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "client_id",
    "client_secret",
    "scope",
    "resource",
    "refresh_token",
    "token",
    "token_type_hint",
    "response_type",
    "state",
    "code_challenge",
    "code_challenge_method",
    "prompt",
]
METADATA = ["redirect_uris", "client_name", "grant_types", "token_endpoint_auth_method", "scope"]
METHODS = [
    "initialize",
    "server/discover",
    "tools/list",
    "tools/call",
    "skills/list",
    "skills/get",
    "resources/read",
    "notifications/cancelled",
    "ping",
    "prompts/get",
]
RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("tools/list", {}),
    ("tools/call", {"name": "discover", "arguments": {}}),
]
"""Requests that have a result."""
URIS = ["skill://notion/SKILL.md", "skill://../SKILL.md", "file:///etc/passwd"]
REVISIONS = ["2026-07-28", "2025-11-25", "2025-03-26", "1999-01-01"]

S256 = "A" * 43
CONSENT = {
    "response_type": "code",
    "redirect_uri": REDIRECT,
    "scope": "tools:read",
    "state": "state",
    "code_challenge": S256,
    "code_challenge_method": "S256",
}
EXCHANGE = {
    "grant_type": "authorization_code",
    "code": f"gwc_{'0' * 32}_{S256}",
    "redirect_uri": REDIRECT,
    "code_verifier": S256,
}
REFRESH = {"grant_type": "refresh_token", "refresh_token": f"gwr_{'0' * 32}_1_{S256}"}
FORMS = [[*EXCHANGE.items()], [*REFRESH.items()]]
"""A form of each kind with all that it needs; nobody got such a code or refresh token."""
ADDRESS = re.compile(r'(?:href|action|url)="?([^"]*)"')
"""Where a page leads."""

texts = st.sampled_from(VALUES) | st.text(max_size=40)
Form = list[tuple[str, str]]


def nearly(whole: dict[str, str]) -> st.SearchStrategy[Form]:
    """The form, with a few other or missing fields."""
    changes = st.dictionaries(st.sampled_from(FIELDS), texts | st.none(), max_size=2)
    return changes.map(
        lambda changed: [(n, v) for n, v in (whole | changed).items() if v is not None]
    )


odd_forms = st.lists(st.tuples(st.sampled_from(FIELDS) | st.text(max_size=8), texts), max_size=9)
any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["discover", "connect_link", "notion_search_pages", "none"]),
        "arguments": st.dictionaries(
            st.sampled_from(["query", "connector", "connection"]) | texts, any_json, max_size=3
        )
        | any_json,
        "uri": st.sampled_from(URIS) | any_json,
        "cursor": any_json,
    },
)
registrations = st.fixed_dictionaries(
    {"redirect_uris": st.lists(texts, min_size=1, max_size=3)},
    optional={"client_name": texts, "scope": texts, "state": any_json},
)


@pytest.fixture(scope="module")
def client_id(target: Target) -> str:
    """A registered client, so that messages get further than the client's name."""
    body = {"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none"}
    answer = LOOPBACK.post(f"{target.url}/oauth/register", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["client_id"])


def assert_oauth_error(answer: httpx.Response) -> None:
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
@given(form=odd_forms | nearly(EXCHANGE) | nearly(REFRESH), is_known=st.booleans())
@example(form=FORMS[0], is_known=True)
@example(form=FORMS[1], is_known=True)
def test_forms_are_refused_as_oauth_says(
    target: Target, client_id: str, path: str, form: Form, is_known: bool
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
    if (path, is_known) == ("/oauth/token", True) and form in FORMS:
        assert answer.json()["error"] == "invalid_grant"


@pytest.mark.requirement("F5")
@fuzzed
@given(
    body=registrations
    | st.dictionaries(st.sampled_from(METADATA) | texts, any_json, max_size=6)
    | any_json
)
@example(body={"redirect_uris": [REDIRECT]})
@example(body={"redirect_uris": [REDIRECT, "http://agent.example.com/callback"]})
def test_registrations_are_refused_as_oauth_says(target: Target, body: Any) -> None:
    answer = LOOPBACK.post(f"{target.url}/oauth/register", json=body)
    if answer.status_code == 201:
        uris = answer.json()["redirect_uris"]
        assert 1 <= len(uris) <= MAX_URIS
        assert all(uri.startswith("https://") for uri in uris), uris
    else:
        assert_oauth_error(answer)
        assert body != {"redirect_uris": [REDIRECT]}


@pytest.mark.requirement("F5", "A13")
@fuzzed
@given(form=odd_forms | nearly(CONSENT), is_known=st.booleans(), is_signed_in=st.booleans())
@example(form=[*CONSENT.items()], is_known=True, is_signed_in=True)
@example(form=[*(CONSENT | {"redirect_uri": EVIL}).items()], is_known=True, is_signed_in=True)
@example(form=[*(CONSENT | {"scope": "none"}).items()], is_known=True, is_signed_in=True)
@example(
    form=[*(CONSENT | {"redirect_uri": EVIL, "scope": "none"}).items()],
    is_known=True,
    is_signed_in=True,
)
def test_no_request_sends_a_browser_elsewhere(
    target: Target, client_id: str, form: Form, is_known: bool, is_signed_in: bool
) -> None:
    query: list[tuple[str, Any]] = [*form, *([("client_id", client_id)] if is_known else [])]
    headers = target.caller("GET /oauth/authorize", [{"session": []}] if is_signed_in else [])
    answer = LOOPBACK.get(
        f"{target.url}/oauth/authorize", params=query, headers=headers, follow_redirects=False
    )
    if is_signed_in:
        assert answer.status_code in {200, 400}
        assert "location" not in answer.headers
        known = ("/", "#", target.url, target.deployment.sandbox.url, f"{REDIRECT}?")
        for address in map(html.unescape, ADDRESS.findall(answer.text)):
            assert address.startswith(known), address
            assert not address.startswith("//"), address
        if answer.status_code == 200:
            assert dict(form).get("redirect_uri", REDIRECT) == REDIRECT
            assert "Let it in" in answer.text
        if is_known and form == [*CONSENT.items()]:
            assert answer.status_code == 200
    else:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(("/login", f"{target.url}/login"))


@pytest.mark.requirement("F5")
@fuzzed
@given(
    message=any_json
    | st.fixed_dictionaries(
        {"jsonrpc": st.just("2.0"), "method": st.sampled_from(METHODS) | texts},
        optional={"id": st.integers() | texts, "params": any_json | PARAMS},
    ),
    revision=st.sampled_from(REVISIONS) | st.none(),
)
def test_no_message_breaks_mcp(target: Target, message: Any, revision: str | None) -> None:
    headers = {}
    if revision is not None:
        headers["MCP-Protocol-Version"] = revision
        if isinstance(message, dict) and str(message.get("method")) in METHODS:
            headers["Mcp-Method"] = message["method"]
    assert_no_bug(send(target, message, headers))


@pytest.mark.requirement("F5")
@fuzzed
@given(method=st.sampled_from(METHODS), params=PARAMS)
@example(*RIGHT[0])
@example(*RIGHT[1])
def test_no_parameters_break_a_method(target: Target, method: str, params: Any) -> None:
    """The message itself is one of the newest revision, so that it gets as far as its method."""
    whole, headers = modern(method, params, {})
    if method == "resources/read" and params.get("uri") in URIS:
        headers["mcp-name"] = params["uri"]
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": whole}
    answer = send(target, message, headers)
    assert_no_bug(answer)
    if (method, params) in RIGHT:
        assert "result" in said(answer), answer.text


def send(target: Target, message: Any, headers: dict[str, str]) -> httpx.Response:
    """Send a message to ``/mcp`` for alice."""
    given = {
        **target.caller("POST /mcp", [{"key": []}]),
        "Gateway-User": "alice",
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
    }
    content = json.dumps(message)
    return LOOPBACK.post(f"{target.url}/mcp", content=content, headers=given | headers)


def said(answer: httpx.Response) -> dict[str, Any]:
    """The JSON-RPC answer, as a body or as the last message of a stream."""
    is_stream = answer.headers["content-type"].startswith("text/event-stream")
    found: dict[str, Any] = messages(answer.text)[-1] if is_stream else answer.json()
    return found


def assert_no_bug(answer: httpx.Response) -> None:
    """No failure of the gateway's own, whatever the form of the answer."""
    assert answer.status_code < 500, answer.text
    if answer.content:
        error = said(answer).get("error", {})
        assert error.get("code") != -32603, answer.text
