"""Hostile provider responses yield a safe result or a provider error (C3, C6).

This covers every endpoint of every connector in the catalog.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import anyio
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.account import account_lookup
from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from connectors.errors import AccountUnfit
from connectors.secret import Secret
from gateway.engine.account import MAX_ID, MAX_LABEL, MAX_METADATA
from gateway.engine.request import OutboundRequest, OutboundResponse
from gateway.errors import ProviderError
from gateway.outbound.client import Outbound
from gateway.services.provider import Grant, Provider
from tests.support.configs import CATALOG_ENV, WITH_OAUTH, make_config

NOW = datetime(2026, 11, 21, tzinfo=UTC)
CATALOG = Catalog(CATALOG_ENV)
CONFIGS = {name: CATALOG.oauth(name) for name in WITH_OAUTH}
INTROSPECTING = make_config(
    introspection_url="https://auth.example.com/introspect",
    revocation_url="https://auth.example.com/revoke",
    fetch_account_info=account_lookup(
        id=("sub", "id"), label=("username", "name"), metadata={"all": "data"}, introspect=True
    ),
)

NAMES = [
    "access_token",
    "refresh_token",
    "token_type",
    "expires_in",
    "scope",
    "scopes",
    "error",
    "ok",
    "error_description",
    "id",
    "sub",
    "name",
    "email",
    "data",
    "viewer",
    "user",
    "team",
    "authed_user",
    "bot",
    "owner",
    "workspace_id",
    "workspace_name",
    "shop",
    "hub_id",
    "hub_domain",
    "errors",
    "active",
    "username",
    "stripe_user_id",
    "organization",
    "accountId",
    "account_id",
    "url",
    "displayName",
    "userPrincipalName",
    "handle",
    "business_profile",
    "settings",
    "dashboard",
    "instance_url",
]
TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        "Bearer",
        "bearer",
        "user",
        "bot",
        "a\r\nX-Evil: 1",
        "a b",
        "a\x00",
        "\ud800",
        "\u202e",
        "$where",
        "a.b",
        "javascript:alert(1)",
        "<script>",
        "x" * 300,
        "1",
        "3600",
        "-1",
        "1e5",
        "${access_token}",
        "https://canary.example.com/",
        "invalid_grant",
        "read write",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXTS
    | st.sampled_from([10**400, 1e300, -1, 0, 2**63, 2**64])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | TEXTS, inner, max_size=6)
    ),
    max_leaves=20,
)
OBJECTS = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=10) | st.fixed_dictionaries(
    {"access_token": TEXTS | st.just("token-1")},
    optional={
        "expires_in": SCALARS,
        "scope": JSON,
        "token_type": SCALARS,
        "refresh_token": SCALARS,
        "ok": st.just(True),
        "id": SCALARS,
        "team": JSON,
        "authed_user": JSON,
    },
)
RAW = [
    b"",
    b"null",
    b"[]",
    b"<html>",
    b"\xff\xfe",
    b'{"access_token":',
    b'{"access_token":"a","access_token":"b"}',
    b'{"access_token":"a","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"a":' * 100_000,
    b'{"access_token":"a\\r\\nX: 1"}',
]
ODD_BUT_PLAIN = [
    b"access_token=a&token_type=bearer",
    b'{"access_token":"a","expires_in":NaN}',
    b'{"access_token":"a","expires_in":Infinity}',
    b'{"access_token":"a","expires_in":1e999}',
    b'{"access_token":"a","expires_in":' + b"9" * 5_000 + b"}",
]
"""Bodies with a plain token next to something unreadable, which is unknown."""


def _encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


BODIES = (
    OBJECTS.map(_encoded)
    | JSON.map(_encoded)
    | st.sampled_from([*RAW, *ODD_BUT_PLAIN])
    | st.binary(max_size=50)
)
STATUSES = st.sampled_from([200, 200, 200, 201, 204, 400, 401, 403, 404, 418, 429, 500, 503, 599])
HEADERS = st.fixed_dictionaries(
    {"content-type": st.sampled_from(["application/json", "text/html", ""])},
    optional={
        "retry-after": st.sampled_from(
            [
                "5",
                "-1",
                "9" * 30,
                "x",
                "Wed, 21 Oct 2015 07:28:00 GMT",
                "Wed, 99 Oct 99999 07:28:00 GMT",
                "\u0662",
            ]
        )
    },
)
ANSWERS = st.builds(
    lambda status, headers, content: OutboundResponse(
        status=status, headers=headers, content=content
    ),
    STATUSES,
    HEADERS,
    BODIES,
)

EVERY = pytest.mark.parametrize("config", [*CONFIGS.values()], ids=[*CONFIGS])
THOROUGH = settings(max_examples=30)


class _Peer:
    """Replaces the HTTP client and gives these responses to any request."""

    def __init__(self, answers: Sequence[OutboundResponse]) -> None:
        self._answers = list(answers)

    async def send(self, request: OutboundRequest, **_: str) -> OutboundResponse:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def provider_of(*answers: OutboundResponse) -> Provider:
    """Return a provider with these responses; it repeats the last one."""
    return Provider(cast(Outbound, _Peer(answers)), lambda: NOW)


def typed(config: ConnectorConfig) -> dict[str, str]:
    """Return valid input for the connector's fields."""
    return {
        name: next(iter(wanted.choices), wanted.example)
        for name, wanted in config.connection_config.items()
    }


def assert_safe(grant: Grant) -> None:
    """Check that the tokens cannot inject a header, an endless life or a wrong scope."""
    tokens = grant.tokens
    assert re.fullmatch(r"[!-~]{1,65536}", tokens.access_token.reveal())
    if tokens.refresh_token is not None:
        assert re.fullmatch(r"[ -~]{1,65536}", tokens.refresh_token.reveal())
    assert tokens.token_type == "Bearer"
    assert tokens.expires_at is None or NOW <= tokens.expires_at <= NOW + timedelta(days=3650)
    assert all(re.fullmatch(r"[!-~]+", scope) for scope in tokens.scopes)


async def exchanged(config: ConnectorConfig, answer: OutboundResponse) -> Grant | None:
    """Return the grant of a response, or ``None`` for a provider error."""
    try:
        return await provider_of(answer).exchange(
            config,
            token_url="https://auth.example.com/token",
            code=Secret("code"),
            redirect_uri="https://gateway.example.com/callback",
            verifier=Secret("v" * 43),
        )
    except ProviderError:
        return None


@pytest.mark.requirement("C3")
@EVERY
@THOROUGH
@given(answer=ANSWERS)
def test_any_answer_of_a_token_endpoint_is_tokens_or_an_error(
    config: ConnectorConfig, answer: OutboundResponse
) -> None:
    """Covers exchange and refresh."""

    async def run() -> None:
        grant = await exchanged(config, answer)
        if grant is not None:
            assert_safe(grant)
        try:
            tokens = await provider_of(answer).refresh(
                config,
                refresh_url="https://auth.example.com/token",
                refresh_token=Secret("r"),
                granted=("read",),
            )
        except ProviderError:
            return
        assert_safe(Grant(tokens=tokens, token_response={}))

    anyio.run(run)


@pytest.mark.requirement("C3")
@pytest.mark.parametrize("content", RAW, ids=lambda raw: ascii(raw[:40]))
@EVERY
def test_malformed_token_answers_yield_no_token(config: ConnectorConfig, content: bytes) -> None:
    """Form-encoded, HTML, duplicate keys, bad numbers, deep nesting, a header in a token."""
    answer = OutboundResponse(
        status=200, headers={"content-type": "application/json"}, content=content
    )
    assert anyio.run(exchanged, config, answer) is None


@pytest.mark.requirement("C3", "C6")
@pytest.mark.parametrize(
    "config", [*CONFIGS.values(), INTROSPECTING], ids=[*CONFIGS, "introspecting"]
)
@THOROUGH
@given(token_answer=OBJECTS, answers=st.lists(ANSWERS, min_size=1, max_size=3))
@example(token_answer={}, answers=[OutboundResponse(status=200, headers={}, content=RAW[7])])
def test_any_answer_about_an_account_is_an_account_or_an_error(
    config: ConnectorConfig, token_answer: dict[str, Any], answers: list[OutboundResponse]
) -> None:
    """Sources are the token response, the API, the introspection and the connector's hook."""

    async def run() -> None:
        usable = json.dumps({"access_token": "token-1", "token_type": "Bearer"}).encode()
        grant = await exchanged(
            INTROSPECTING, OutboundResponse(status=200, headers={}, content=usable)
        )
        assert grant is not None
        hook = CATALOG.hook(config) if config.name in CONFIGS else None
        said = Grant(tokens=grant.tokens, token_response=token_answer)
        try:
            provider = provider_of(*answers)
            account = await provider.account(config, said, typed(config))
            if hook is not None:
                account = (
                    await provider.enrich(config, hook, said, typed(config), account)
                ).account
        except (ProviderError, AccountUnfit):
            return
        assert 0 < len(account.external_account_id) <= MAX_ID
        assert account.external_account_id.isprintable()
        assert 0 < len(account.account_label) <= max(MAX_LABEL, MAX_ID)
        assert account.account_label.isprintable()
        stored = json.dumps(dict(account.metadata), ensure_ascii=False, allow_nan=False).encode()
        assert len(stored) <= MAX_METADATA

    anyio.run(run)


@pytest.mark.requirement("C3")
@pytest.mark.parametrize(
    "config", [*CONFIGS.values(), INTROSPECTING], ids=[*CONFIGS, "introspecting"]
)
@THOROUGH
@given(answer=ANSWERS)
def test_any_answer_of_a_revocation_is_yes_or_no(
    config: ConnectorConfig, answer: OutboundResponse
) -> None:
    """A disconnect succeeds with any response."""

    async def run() -> None:
        revoked = await provider_of(answer).revoke(
            config,
            connection_config=typed(config),
            metadata=dict.fromkeys(config.token_metadata, "value-1"),
            access_token=Secret("a"),
            refresh_token=Secret("r"),
        )
        assert revoked in {True, False, None}

    anyio.run(run)
