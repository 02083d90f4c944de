"""An agent that logs in to the gateway's authorization server, and its description's host."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.support.browser import Browser
from tests.support.gateway import Harness

WEB_REDIRECT = "https://agent.example.com/callback"
LOOPBACK_REDIRECT = "http://127.0.0.1:51234/callback"
READ_WRITE = "tools:read tools:write"


def s256(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass
class Agent:
    """A client: its registration, one attempt, and its tokens."""

    api: httpx.AsyncClient
    client_id: str = ""
    secret: str | None = None
    redirect_uri: str = WEB_REDIRECT
    scope: str | None = READ_WRITE
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    async def register(self, **metadata: Any) -> httpx.Response:
        """Register (RFC 7591); the answer."""
        document = {"client_name": "Agent", "redirect_uris": [self.redirect_uri]} | metadata
        answer = await self.api.post("/oauth/register", json=document)
        if answer.status_code == 201:
            self.client_id = answer.json()["client_id"]
            self.secret = answer.json().get("client_secret")
        return answer

    def authorize_path(self, **changes: str | None) -> str:
        """The address of the consent page; ``None`` leaves a parameter out."""
        given = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": self.state,
            "code_challenge": s256(self.verifier),
            "code_challenge_method": "S256",
        } | changes
        return "/oauth/authorize?" + urlencode({k: v for k, v in given.items() if v is not None})

    async def allowed_by(self, browser: Browser, **changes: str | None) -> dict[str, str]:
        """Let the person of the browser allow this agent; what the redirect said."""
        page = await browser.client.get(browser.gateway_url + self.authorize_path(**changes))
        browser.page = page
        # Remembered consent answers at once.
        return answer_in(browser) if page.status_code == 303 else await decide(browser, "allow")

    async def exchange(self, code: str, **changes: str | None) -> httpx.Response:
        """Exchange a code."""
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        }
        return await self.token(**(given | changes))

    async def refresh(self, token: str, **changes: str | None) -> httpx.Response:
        """Exchange a refresh token."""
        return await self.token(
            **({"grant_type": "refresh_token", "refresh_token": token} | changes)
        )

    async def token(self, **given: str | None) -> httpx.Response:
        """Call the token endpoint as this client."""
        form = {"client_id": self.client_id, "client_secret": self.secret} | given
        data = {name: value for name, value in form.items() if value is not None}
        return await self.api.post("/oauth/token", data=data)

    async def log_in(self, browser: Browser) -> dict[str, Any]:
        """The whole journey; the tokens."""
        said = await self.allowed_by(browser)
        answer = await self.exchange(said["code"])
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens


async def decide(browser: Browser, decision: str) -> dict[str, str]:
    """Send the form of the consent page; what the redirect to the client says."""
    packed = browser.page.text.partition('name="request" value="')[2].partition('"')[0]
    assert packed, browser.text[:3000]
    page = await browser.client.post(
        browser.gateway_url + "/oauth/authorize",
        data={"request": packed, "csrf_token": browser.csrf_token(), "decision": decision},
        headers={"Origin": browser.gateway_url, "Sec-Fetch-Site": "same-origin"},
    )
    browser.page = page
    assert page.status_code == 200, page.text
    return answer_in(browser)


def answer_in(browser: Browser) -> dict[str, str]:
    """What the page's meta refresh, or its redirect, tells the client."""
    url = browser.page.headers.get("location")
    if url is None:
        url = browser.text.partition("0;url=")[2].partition('">')[0]
    assert url, browser.text[:2000]
    query = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert all(len(values) == 1 for values in query.values())
    return {"": url.partition("?")[0]} | {name: values[0] for name, values in query.items()}


async def new_agent(gateway: Harness, **options: Any) -> Agent:
    """An agent that has registered."""
    metadata = options.pop("metadata", {})
    agent = Agent(await gateway.api(), **options)
    answer = await agent.register(**metadata)
    assert answer.status_code == 201, answer.text
    return agent
