"""Tokens as the SDK returns them: typed, secret, and refused when a field is wrong."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from gateway.client import Gateway, Token
from tests.client.scripted import CONNECTION, SECRET, TOKEN, read_token_answer


async def test_token_has_every_field_typed(gateway: Gateway, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=TOKEN | {"a_field_of_tomorrow": 1})
    token = await gateway.get_connector_token("notion", user="u_123")
    assert token.access_token == SECRET
    assert token.token_type == TOKEN["token_type"]
    assert token.authorization == f"Bearer {SECRET}"
    assert token.expires_at == datetime(2026, 7, 2, 11, 30, tzinfo=UTC)
    assert token.scopes == ("read", "write")
    assert token.api.base_url == "https://api.notion.com"
    assert dict(token.api.headers) == TOKEN["api"]["headers"]
    assert httpx.Headers(token.api.headers)["Authorization"] == f"Bearer {SECRET}"
    assert dict(token.api.query) == {"api_key": SECRET}
    assert dict(token.api.body) == {"key": SECRET}
    assert token.connection == sdk.Connection(
        id="con_1",
        connector="notion",
        method="oauth2",
        owner="user",
        user="u_123",
        external_account_id="ws-9",
        account_label="Acme",
        status="active",
        status_reason=None,
        status_since=datetime(2026, 7, 1, 10, tzinfo=UTC),
        action=None,
        is_default=True,
        scopes=("read",),
        metadata={"workspace_id": "ws-9"},
        created_at=datetime(2026, 7, 1, 10, tzinfo=UTC),
        updated_at=datetime(2026, 7, 2, 10, 0, 0, 250_000, tzinfo=UTC),
        last_used_at=None,
    )
    assert token.connection.updated_at.tzinfo is UTC


async def test_refreshed_token_may_lack_expiry_and_base_url(
    gateway: Gateway, httpx_mock: HTTPXMock
) -> None:
    api = {"base_url": None, "headers": {"X-Shopify-Access-Token": SECRET}}
    httpx_mock.add_response(json=TOKEN | {"expires_at": None, "token_type": "bot", "api": api})
    token = await gateway.refresh_connector_token("notion", user="u")
    assert (token.expires_at, token.api.base_url) == (None, None)
    assert token.authorization == f"Bearer {SECRET}"
    assert dict(token.api.query) == dict(token.api.body) == {}
    assert token.api.headers["X-Shopify-Access-Token"] == SECRET


def test_token_shows_no_secret_in_any_text(token: Token) -> None:
    shown = [f"{form}" for form in (token, token.api, token.api.headers, [token])]
    shown += [repr(token), f"{token!s:>5}", repr(token.api), repr(token.api.headers)]
    shown += [repr(token.api.query), f"{token.api.body}"]
    assert not [text for text in shown if SECRET in text or "2022-06-28" in text]
    assert "access_token=***" in repr(token)
    assert "{'Authorization': ***, 'Notion-Version': ***}" in repr(token)
    assert "account_label='Acme'" in repr(token)


@pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy, dataclasses.asdict])
def test_token_is_not_serialised(token: Token, write: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match="holds a secret") as caught:
        write(token)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_token_refuses_every_pickle_protocol(token: Token, protocol: int) -> None:
    for secret in (token, token.api, token.api.headers, token.api.query, token.api.body):
        with pytest.raises(TypeError, match="holds a secret"):
            pickle.dumps(secret, protocol)


def test_token_is_frozen_and_hashable(token: Token) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        token.access_token = "other"  # type: ignore[misc]
    assert hash(token) == hash(dataclasses.replace(token))


def wrong_tokens() -> Iterator[Any]:
    """Yield a token answer with one wrong field: its path and the document."""

    def walk(value: dict[str, Any], before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, inner in value.items():
            yield (*before, name)
            if isinstance(inner, dict) and name not in {"metadata", "headers", "query", "body"}:
                yield from walk(inner, (*before, name))

    for path in walk(TOKEN, ()):
        for kind, wrong in {"number": 7, "list": [SECRET, 7], "object": {SECRET: 7}}.items():
            if (path[-1], kind) == ("metadata", "object"):
                continue  # any object is valid
            document = copy.deepcopy(TOKEN)
            holder = document
            for name in path[:-1]:
                holder = holder[name]
            holder[path[-1]] = wrong
            where = ".".join(path)
            yield pytest.param(where, document, id=f"{where}-{kind}")


@pytest.mark.parametrize(("where", "document"), list(wrong_tokens()))
def test_token_with_a_field_of_another_type_names_the_field_and_not_its_value(
    where: str, document: object
) -> None:
    with pytest.raises(sdk.UnexpectedAnswer) as caught:
        read_token_answer(document)
    assert f": {where}" in caught.value.detail
    assert SECRET not in str(caught.value)
    assert caught.value.status == 200


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": ""},
        {"access_token": f"{SECRET}\r\nX-Evil: 1"},
        {"access_token": f"{SECRET} "},
        {"access_token": f"{SECRET}\u00e9"},
        {"api": {"base_url": None, "headers": {"Authorization": f"Bearer {SECRET}\nX: 1"}}},
        {"api": {"base_url": None, "headers": {"Authori zation": SECRET}}},
        {"expires_at": "2026-07-02T11:30:00"},
        {"expires_at": "tomorrow"},
        {"expires_at": "0001-01-01T00:00:00+23:59"},
        {"connection": CONNECTION | {"created_at": None}},
        {"connection": CONNECTION | {"is_default": 1}},
    ],
)
def test_unusable_token_is_an_unexpected_answer(change: dict[str, Any]) -> None:
    with pytest.raises(sdk.UnexpectedAnswer) as caught:
        read_token_answer(TOKEN | change)
    assert SECRET not in str(caught.value)
