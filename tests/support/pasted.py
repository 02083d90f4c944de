"""Four invented providers that take pasted credentials; a gateway that reaches nothing else.

"Keyed" takes a key in a header and a workspace in the query. "Tokened" exchanges an id and a secret
for an access token (client credentials). "Named" takes two keys, and names the account. "Mute" has
a key, and no request that would show whether it is right.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx

from gateway.outbound.client import Outbound
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.gateway import FakeClock, Harness, running_gateway

KEY, OTHER_KEY = "kd-live-1f6b0c9e8a7d4523", "kd-live-9a8b7c6d5e4f3021"
SECRET = "ts-5c1e9d7b3f20a864"
INPUTS = {"key": KEY, "workspace": "acme"}
PAIR = {"key": "7d0c4b1e9f8a2356", "app": "0b6e3d9c5a7f8142"}
OTHER_PAIR = PAIR | {"key": "5a2e8c7b1d9f0364"}
CLIENT = {"client_id": "client-1", "client_secret": SECRET}

_KEYED = '''
"""Keyed connector: a pasted key."""

from datetime import date

from connectors import ConnectionInput, KeyConnectorConfig, KeyMethod, Verify


def create_config(env):
    return KeyConnectorConfig(
        name="keyed",
        display_name="Keyed",
        description="An invented service.",
        category="other",
        docs_url="https://keyed.example/docs",
        console_url="https://keyed.example/keys",
        checked_on=date(2026, 11, 28),
        supports_multiple_accounts=True,
        api_base_url="https://api.keyed.example/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="The key of your workspace.",
                    example="kd-live-0123456789abcdef",
                    pattern=r"kd-live-[0-9a-f]{16}",
                    secret=True,
                    where="https://keyed.example/keys",
                ),
                "workspace": ConnectionInput(
                    title="Workspace",
                    description="The name in your address.",
                    example="acme",
                    pattern=r"[a-z0-9-]{1,40}",
                ),
            },
            api_headers={"Authorization": "Bearer ${key}"},
            api_query={"workspace": "${workspace}"},
            api_body={"key": "${key}"},
            verify=Verify(method="POST", url="https://api.keyed.example/v1/me"),
        ),
    )
'''

_TOKENED = '''
"""Tokened connector: client credentials."""

from datetime import date

from connectors import ConnectionInput, KeyConnectorConfig, KeyMethod, TokenRequest


def create_config(env):
    return KeyConnectorConfig(
        name="tokened",
        display_name="Tokened",
        description="An invented service.",
        category="other",
        docs_url="https://tokened.example/docs",
        console_url="https://tokened.example/apps",
        checked_on=date(2026, 11, 28),
        supports_multiple_accounts=True,
        api_base_url="https://api.tokened.example",
        key=KeyMethod(
            inputs={
                "client_id": ConnectionInput(
                    title="Client id",
                    description="The id of your app.",
                    example="client-1",
                    pattern=r"[a-z0-9-]{1,40}",
                ),
                "client_secret": ConnectionInput(
                    title="Client secret",
                    description="The secret of your app.",
                    example="ts-0123456789abcdef",
                    pattern=r"ts-[0-9a-f]{16}",
                    secret=True,
                ),
            },
            api_headers={"Authorization": "Bearer ${access_token}"},
            token=TokenRequest(
                url="https://api.tokened.example/token",
                body={
                    "grant_type": "client_credentials",
                    "client_id": "${client_id}",
                    "client_secret": "${client_secret}",
                },
            ),
        ),
    )
'''

_NAMED = '''
"""Named connector: two keys, and an account."""

from datetime import date

from connectors import ConnectionInput, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def secret(title):
    return ConnectionInput(
        title=title, description="From your account.", example="0123456789abcdef",
        pattern=r"[0-9a-f]{16}", secret=True,
    )


def create_config(env):
    return KeyConnectorConfig(
        name="named",
        display_name="Named",
        description="An invented service.",
        category="other",
        docs_url="https://named.example/docs",
        console_url="https://named.example/keys",
        checked_on=date(2026, 11, 28),
        supports_multiple_accounts=True,
        api_base_url="https://api.named.example",
        key=KeyMethod(
            inputs={"key": secret("Key"), "app": secret("Application key")},
            api_headers={"X-Key": "${key}", "X-App": "${app}"},
            verify=Verify(url="https://api.named.example/me"),
            account=account_lookup(id="id", label="name", metadata={"plan": "plan"}),
        ),
    )
'''

_MUTE = '''
"""Mute connector: a key that cannot be checked."""

from datetime import date

from connectors import ConnectionInput, KeyConnectorConfig, KeyMethod


def create_config(env):
    return KeyConnectorConfig(
        name="mute",
        display_name="Mute",
        description="An invented service.",
        category="other",
        docs_url="https://mute.example/docs",
        console_url="https://mute.example/keys",
        checked_on=date(2026, 11, 28),
        supports_multiple_accounts=True,
        api_base_url="https://api.mute.example",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Key",
                    description="From your account.",
                    example="kd-live-0123456789abcdef",
                    pattern=r"kd-live-[0-9a-f]{16}",
                    secret=True,
                ),
            },
            api_headers={"Authorization": "Bearer ${key}"},
        ),
    )
'''


def _answer(status: int, **body: Any) -> httpx.Response:
    """An answer that arrives in a stream, as from a network."""
    return httpx.Response(status, stream=httpx.ByteStream(json.dumps(body).encode()))


@dataclass
class Providers:
    """The simulated providers. Set ``keys`` or ``secret`` to change what they accept."""

    keys: set[str] = field(default_factory=lambda: {KEY, OTHER_KEY})
    secret: str = SECRET
    status: int | None = None
    """The status of every answer while the providers are out of order."""
    requests: list[httpx.Request] = field(default_factory=list)
    issued: int = 0
    account: dict[str, str] = field(default_factory=lambda: {"id": "acct-1", "name": "Acme"})

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as the provider of that host does."""
        self.requests.append(request)
        if self.status is not None:
            return _answer(self.status)
        if request.url.host == "api.keyed.example":
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            right = given in self.keys and request.url.params.get("workspace") == "acme"
            return _answer(200 if right else 401)
        if request.url.host == "api.named.example":
            given = {name: request.headers.get(f"x-{name}") for name in PAIR}
            return _answer(200, **self.account) if given in (PAIR, OTHER_PAIR) else _answer(401)
        form = dict(parse_qsl(request.content.decode()))
        wanted = {"grant_type": "client_credentials", **CLIENT, "client_secret": self.secret}
        if form != wanted:
            return _answer(401, error="invalid_client")
        self.issued += 1
        body: dict[str, Any] = {
            "access_token": f"tt-{self.issued}",
            "token_type": "Bearer",
            "expires_in": 3600,
        }
        return _answer(200, **body)


def write_connectors(folder: Path) -> Path:
    """Write the connectors into ``folder``."""
    (folder / "catalog").mkdir(parents=True, exist_ok=True)
    (folder / "catalog" / "keyed.py").write_text(_KEYED)
    (folder / "catalog" / "tokened.py").write_text(_TOKENED)
    (folder / "catalog" / "named.py").write_text(_NAMED)
    (folder / "catalog" / "mute.py").write_text(_MUTE)
    return folder


@asynccontextmanager
async def gateway_with_keys(
    mongodb_url: str, database: str, folder: Path, providers: Providers, **options: Any
) -> AsyncIterator[Harness]:
    """A gateway with the connectors, whose requests to them are answered by ``providers``."""
    clock = options.pop("clock", None) or FakeClock()
    async with running_gateway(
        mongodb_url,
        database,
        clock=clock,
        public_url=GATEWAY_URL,
        connectors_path=write_connectors(folder),
        **options,
    ) as harness:
        keys = harness.services.pasted._provider
        old = keys._outbound
        transport = httpx.MockTransport(providers.answer)
        async with httpx.AsyncClient(transport=transport) as client:
            keys._outbound = Outbound(client, old.policy, old.bulkhead)
            yield harness


async def paste(
    browser: Browser,
    connector: str,
    inputs: dict[str, str],
    *,
    token: str | None = None,
    **more: Any,
) -> httpx.Response:
    """Send pasted values as a script of the gateway's page does."""
    if token is None:
        await browser.open(f"/connectors/{connector}")
        token = browser.csrf_token()
    headers = {"Origin": GATEWAY_URL, "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": token}
    headers["Accept"] = "application/json"
    return await browser.client.post(
        f"{GATEWAY_URL}/v1/connectors/{connector}/connect",
        json={"inputs": inputs, **more},
        headers=headers,
    )
