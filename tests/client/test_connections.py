"""Connections and available connectors as the SDK returns them."""

from __future__ import annotations

import dataclasses

import pytest
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from gateway.client import Gateway, Token
from tests.client.scripted import CONNECTION, CONNECTOR, EVERY_CALL, failure


async def test_management_calls_return_typed_results(
    gateway: Gateway, httpx_mock: HTTPXMock, token: Token
) -> None:
    httpx_mock.add_response(method="GET", json={"connectors": [CONNECTOR]})
    httpx_mock.add_response(method="GET", json={"connections": [CONNECTION, CONNECTION]})
    httpx_mock.add_response(method="GET", json=CONNECTION)
    httpx_mock.add_response(method="PATCH", json=CONNECTION)
    (connector,) = await gateway.list_connectors()
    assert dataclasses.asdict(connector) == CONNECTOR | {"scopes": (), "methods": ("oauth2",)}
    assert await gateway.list_connections(user="u") == [token.connection] * 2
    assert await gateway.get_connection("con_1") == token.connection
    assert await gateway.make_default("con_1") == token.connection


@pytest.mark.parametrize("revoked", ["yes", "no", "unsupported", "shared"])
async def test_disconnect_returns_the_fate_of_the_grant(
    gateway: Gateway, httpx_mock: HTTPXMock, revoked: str
) -> None:
    httpx_mock.add_response(method="DELETE", json={"revoked": revoked})
    assert await gateway.disconnect("con_1") == revoked


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("connections", {"connections": None}),
        ("connections", {"connections": [7]}),
        ("connectors", {"connectors": [CONNECTOR | {"name": None}]}),
        ("connection", {}),
        ("disconnect", {"revoked": True}),
        ("disconnect", {"revoked": "perhaps"}),
    ],
)
async def test_management_answer_of_wrong_shape_is_unexpected(
    gateway: Gateway, httpx_mock: HTTPXMock, name: str, document: object
) -> None:
    httpx_mock.add_response(json=document)
    assert type(await failure(EVERY_CALL[name][0](gateway))) is sdk.UnexpectedAnswer
