"""A connector's conversation with its provider, whose answers a test chooses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from pytest_httpx import HTTPXMock

from connectors.account import AccountInfo
from connectors.catalog import Catalog
from connectors.context import Tokens
from connectors.secret import Secret
from gateway.engine.authorize import authorization_url
from gateway.engine.templates import render_url
from gateway.services.provider import Grant, Provider
from gateway.testing import AccountSample

CODE = "code-1"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""The challenge of ``VERIFIER`` (RFC 7636, appendix B)."""
ACCESS_TOKEN = "access-1"
REFRESH_TOKEN = "refresh-1"

JSON_FORM = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
"""The headers of a form that is to be answered with JSON."""


def bearer(token: str) -> dict[str, str]:
    """The headers of an API call with ``token`` and without a body."""
    return {"accept": "application/json", "authorization": f"Bearer {token}"}


class Conversation:
    """The gateway's requests to the provider of the connector ``name``, with arguments filled in.

    The app's credentials are ``<name>-id`` and ``<name>-secret``; ``typed`` is what the person
    typed. The requests go through the gateway's own ``provider``; ``httpx_mock`` answers them.
    """

    def __init__(
        self,
        provider: Provider,
        httpx_mock: HTTPXMock,
        name: str,
        typed: Mapping[str, str] | None = None,
    ) -> None:
        variables = {
            f"OAUTH_{name.upper()}_CLIENT_{kind.upper()}": f"{name}-{kind}"
            for kind in ("id", "secret")
        }
        catalog = Catalog(variables)
        self.config = catalog.get(name)
        self.redirect_uri = f"https://gateway.example.com/v1/connectors/{name}/callback"
        self._hook = catalog.hook(self.config)
        self._provider = provider
        self._mock = httpx_mock
        self._typed = typed or {}

    def answers(
        self, url: str, body: Any = None, *, status: int = 200, method: str = "POST"
    ) -> None:
        """Answer the next ``method`` to exactly ``url`` with ``body``, a text as HTML."""
        as_html = {"html": body} if isinstance(body, str) else {"json": body}
        self._mock.add_response(method=method, url=url, status_code=status, **as_html)

    def tells(self, sample: AccountSample, *, method: str = "GET") -> None:
        """The API answers as in ``sample``."""
        for address, body in sample.answers.items():
            self.answers(f"https://{address}", body, method=method)

    def sent(self, url: str) -> httpx.Request:
        """The only request to ``url``."""
        request = self._mock.get_request(url=url)
        assert request is not None, f"nothing was sent to {url}"
        return request

    def count(self) -> int:
        """How many requests were sent."""
        return len(self._mock.get_requests())

    def authorization_request(self) -> tuple[str, dict[str, str]]:
        """The address that a person's browser opens, and its parameters, none of them twice."""
        url = authorization_url(
            self.config,
            endpoint=self._rendered(self.config.authorization_url),
            redirect_uri=self.redirect_uri,
            state="state-1",
            verifier=Secret(VERIFIER),
        )
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
        assert len(dict(pairs)) == len(pairs), "a parameter came twice"
        return url.partition("?")[0], dict(pairs)

    async def exchange(self) -> Grant:
        """Exchange ``CODE`` with ``VERIFIER``."""
        return await self._provider.exchange(
            self.config,
            token_url=self._rendered(self.config.token_url),
            code=Secret(CODE),
            redirect_uri=self.redirect_uri,
            verifier=Secret(VERIFIER),
        )

    async def account(self, grant: Grant) -> AccountInfo:
        """The account of ``grant``, with what the connector's hook adds."""
        return await self._provider.account(self.config, grant, self._typed, self._hook)

    async def connect(self) -> AccountInfo:
        """Exchange, and the account."""
        return await self.account(await self.exchange())

    async def refresh(self) -> Tokens:
        """Use ``REFRESH_TOKEN`` of a grant that has the connector's scopes."""
        return await self._provider.refresh(
            self.config,
            refresh_url=self._rendered(self.config.refresh_url or self.config.token_url),
            refresh_token=Secret(REFRESH_TOKEN),
            granted=self.config.scopes,
        )

    async def revoke(
        self,
        metadata: Mapping[str, Any] | None = None,
        *,
        refresh_token: str | None = REFRESH_TOKEN,
    ) -> bool | None:
        """End the grant of ``ACCESS_TOKEN`` and ``refresh_token``."""
        return await self._provider.revoke(
            self.config,
            connection_config=self._typed,
            metadata=metadata or {},
            access_token=Secret(ACCESS_TOKEN),
            refresh_token=None if refresh_token is None else Secret(refresh_token),
        )

    def _rendered(self, template: str) -> str:
        return render_url(template, self.config, self._typed)
