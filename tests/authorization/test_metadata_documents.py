"""Clients whose id is the URL of their description: what is fetched, kept and believed."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from gateway.authorization.errors import UnknownClientError
from gateway.authorization.metadata_documents import (
    BULKHEAD,
    KEEP_SECONDS,
    MAX_DOCUMENT,
    MOST,
    PAUSE_SECONDS,
    MetadataDocuments,
    is_document_url,
)
from gateway.engine.request import OutboundRequest, OutboundResponse
from gateway.errors import EgressRefused, ProviderUnavailable
from gateway.outbound.client import Outbound
from tests.support.agents import Agent, new_agent
from tests.support.browser import words
from tests.support.gateway import Harness

URL = "https://agent.example.com/oauth/client.json"
GOOD = {
    "client_id": URL,
    "client_name": "Agent",
    "redirect_uris": ["http://127.0.0.1/callback", "https://agent.example.com/callback"],
}


class Web:
    """Stands for the guarded client: answers with one document, and counts."""

    def __init__(self, document: Any = None, *, status: int = 200) -> None:
        self.content = json.dumps(GOOD if document is None else document).encode()
        self.status = status
        self.error: Exception | None = None
        self.asked: list[str] = []

    async def send(
        self, request: OutboundRequest, *, connector: str, endpoint: str
    ) -> OutboundResponse:
        assert (connector, endpoint, request.method) == (BULKHEAD, "api", "GET")
        self.asked.append(request.url)
        if self.error is not None:
            raise self.error
        return OutboundResponse(status=self.status, headers={}, content=self.content)


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def documents(web: Web, time: Time | None = None) -> MetadataDocuments:
    return MetadataDocuments(cast(Outbound, web), time or Time())


async def test_a_description_is_read_and_kept_for_a_while() -> None:
    web, time = Web(), Time()
    known = documents(web, time)

    client = await known.find(URL)

    assert (client.id, client.host, client.name) == (URL, "agent.example.com", "Agent")
    await known.find(URL)
    assert len(web.asked) == 1
    time.now = KEEP_SECONDS
    await known.find(URL)
    assert len(web.asked) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": URL + "/"},
        {"client_id": "https://other.example.com/client.json"},
        {"client_id": None},
        {"client_secret": "s"},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": ["none"]},
        {"redirect_uris": []},
        {"redirect_uris": "https://agent.example.com/callback"},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": [f"https://agent.example.com/{n}" for n in range(100)]},
        {"response_types": ["token"]},
        {"grant_types": ["client_credentials"]},
        {"grant_types": "authorization_code"},
        {"jwks": 7},
        {"logo_uri": 7},
        {"padding": "x" * MAX_DOCUMENT},
    ],
)
async def test_a_description_with_a_mistake_is_not_believed(changes: dict[str, Any]) -> None:
    with pytest.raises(UnknownClientError):
        await documents(Web(GOOD | changes)).find(URL)


async def test_a_failure_is_told_in_one_way_and_kept_for_some_seconds() -> None:
    """It must not tell what the gateway can reach (H6)."""
    texts = set()
    for error in (None, EgressRefused("a private address"), ProviderUnavailable()):
        web, time = Web(status=404), Time()
        web.error = error
        known = documents(web, time)
        for now, asked in [(0.0, 1), (PAUSE_SECONDS - 1, 1), (PAUSE_SECONDS, 2)]:
            time.now = now
            with pytest.raises(UnknownClientError) as caught:
                await known.find(URL)
            texts.add(str(caught.value.description))
            assert len(web.asked) == asked
    assert len(texts) == 1


async def test_the_number_of_descriptions_is_bounded() -> None:
    web = Web()
    known = documents(web)
    for number in range(MOST + 5):
        with pytest.raises(UnknownClientError):
            await known.find(f"{URL}{number}")
    assert len(known._known) == MOST


@pytest.mark.parametrize(
    "client_id",
    [
        "https://agent.example.com",
        "https://agent.example.com/",
        "https://agent.example.com/a/../client.json",
        "https://agent.example.com/a/%2E%2e/client.json",
        "https://agent.example.com/client.json?x=1",
        "https://agent.example.com/client.json#x",
        "https://user@agent.example.com/client.json",
        "https://agent.example.com:99999/client.json",
        "ftp://agent.example.com/client.json",
        "https://agent.example.com/" + "a" * 600,
        "gwa_1",
        "",
    ],
)
def test_other_ids_are_no_address(client_id: str) -> None:
    assert not is_document_url(client_id)


async def test_an_agent_with_a_description_logs_in_and_shows_its_host(gateway: Harness) -> None:
    server = gateway.services.authorization
    assert server is not None
    web = Web()
    server.documents._outbound = cast(Outbound, web)
    agent = Agent(
        await gateway.api(), client_id=URL, redirect_uri="http://127.0.0.1:40001/callback"
    )
    stranger = await gateway.browser()
    await stranger.open(agent.authorize_path())
    assert web.asked == []  # nothing is fetched for people who are not signed in
    browser = await gateway.browser("alice")
    await browser.open(agent.authorize_path())
    assert "Published by agent.example.com" in words(browser)

    tokens = await agent.log_in(browser)

    assert (await agent.refresh(tokens["refresh_token"])).status_code == 200
    assert web.asked == [URL]
    await browser.open("/oauth/clients")
    assert URL in words(browser)


@pytest.mark.requirement("H1")
async def test_a_private_address_is_not_fetched(gateway: Harness) -> None:
    browser, other = await gateway.browser("alice"), await new_agent(gateway)
    for address in ("https://127.0.0.1/client.json", "https://169.254.169.254/client.json"):
        other.client_id = address
        answer = await browser.client.get(browser.gateway_url + other.authorize_path())
        assert answer.status_code == 400
        assert "cannot be used" in answer.text
