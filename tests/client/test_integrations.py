"""Integrations as the SDK returns them."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from gateway.client import Gateway
from tests.client.scripted import URL, problem

ROW: dict[str, Any] = {
    "slug": "petstore",
    "name": "Petstore",
    "description": "Pets.",
    "kind": "openapi",
    "connector": "petstore--acme",
    "canRemove": True,
    "canRefresh": True,
    "authMethods": [{"id": "key", "template": "key", "kind": "apikey"}],
    "displayUrl": None,
    "tools": 3,
    "waiting": 1,
    "new": "a later version says more",
}
CLAIM = {
    "kind": "mcp",
    "confidence": "high",
    "endpoint": "https://mcp.example/mcp",
    "name": "Pets",
    "slug": "pets",
}


async def test_integrations_are_listed_read_and_detected(
    gateway: Gateway, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(method="GET", json={"integrations": [ROW]})
    httpx_mock.add_response(method="GET", url=f"{URL}/v1/integrations/petstore", json=ROW)
    httpx_mock.add_response(
        method="POST", match_json={"url": "https://mcp.example/mcp"}, json=[CLAIM]
    )
    (listed,) = await gateway.integrations.list()
    assert (listed.slug, listed.can_remove, listed.waiting) == ("petstore", True, 1)
    assert listed.auth_methods[0]["template"] == "key"
    assert await gateway.integrations.get("petstore") == listed
    assert await gateway.integrations.detect("https://mcp.example/mcp") == (sdk.Claim(**CLAIM),)


async def test_an_unknown_one_has_an_error_of_its_own(
    gateway: Gateway, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(**problem(404, "integration_not_found"))
    with pytest.raises(sdk.IntegrationNotFound):
        await gateway.integrations.get("petstore")


@pytest.mark.parametrize("slug", ["", "..", "a/b"])
async def test_a_slug_that_is_two_segments_is_not_sent(gateway: Gateway, slug: str) -> None:
    with pytest.raises(sdk.InvalidRequest):
        await gateway.integrations.get(slug)


@pytest.mark.parametrize(
    "answer", [[], {"integrations": [ROW | {"tools": "3"}]}, {"integrations": None}]
)
async def test_an_answer_of_another_shape_is_unexpected(
    gateway: Gateway, httpx_mock: HTTPXMock, answer: Any
) -> None:
    httpx_mock.add_response(method="GET", json=answer)
    with pytest.raises(sdk.UnexpectedAnswer):
        await gateway.integrations.list()
