"""A tool and its simulated provider, face to face: without the gateway, the network or a clock.

The request is the one that the gateway prepares (``gateway.tools.request``), the answer is judged
as the gateway judges it (``gateway.tools.result``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from connectors.catalog import Catalog
from connectors.provider import SimulatedProvider
from connectors.tooling import ApiAnswer, FunctionTool, HttpTool, ToolFailed
from gateway.sandbox.ledger import AccessToken, Grant, Ledger
from gateway.sandbox.provider import ProviderSimulation
from gateway.sandbox.wire import Incoming
from gateway.tools.request import request_of
from gateway.tools.result import ToolResult, bounded, read_result, refusal_of

_ENV = {
    f"OAUTH_{name}_CLIENT_{part}": "x"
    for name in (
        "AIRTABLE ATLASSIAN FIGMA HUBSPOT INTERCOM LINEAR MICROSOFT NOTION SLACK ZENDESK"
    ).split()
    for part in ("ID", "SECRET")
}
FILLED = {
    "metadata.cloud_id": "33333333-cccc-4000-8000-000000000301",
    "connection_config.subdomain": "acme",
    "connection_config.region.api": "api.intercom.io",
    "access_token": "sandbox-token",
}
TENANTS = {"zendesk": "acme", "intercom": "us"}
CATALOG = Catalog(env=_ENV)


def tools_of(connector: str) -> dict[str, HttpTool | FunctionTool]:
    """The tools of the connector's file, by name."""
    module = __import__(f"connectors.tools.{connector}", fromlist=["TOOLS"])
    return {each.name: each for each in module.TOOLS}


class Bench:
    """One account of a provider, a token with exactly ``scopes``, and what was sent with it."""

    user, tenant, project, owner = "alice", "default", None, None

    def __init__(self, connector: str, scopes: Sequence[str] = ()) -> None:
        rules = CATALOG.sandbox_module(connector).PROVIDER
        assert isinstance(rules, SimulatedProvider)
        self.connector = connector
        self.config = CATALOG.oauth(connector)
        self.ledger = Ledger()
        self.ledger.now = lambda: 1_800_000_000.0
        api = CATALOG.sandbox_api_module(connector)
        assert api is not None
        self.simulation = ProviderSimulation(rules, self.ledger, "http://x.example/", api.API)
        self.sent: list[Incoming] = []
        account = rules.accounts[0].key
        tenant = TENANTS.get(connector, "")
        grant = Grant("g", connector, tenant, account, list(scopes), {})
        self.ledger.grants["g"] = grant
        self.ledger.access_tokens[FILLED["access_token"]] = AccessToken("g", None)

    @property
    def effects(self) -> list[str]:
        """What was changed at the provider, one word for each time."""
        return [line["effect"] for line in self.ledger.log if line.get("effect")]

    @property
    def body(self) -> Any:
        """The body of the newest request."""
        return json.loads(self.sent[-1].body)

    async def call(self, name: str, /, **arguments: Any) -> ToolResult:
        """Call a tool. Raises ``ToolFailed`` as the gateway does."""
        tool = tools_of(self.connector)[name]
        args = tool.args.model_validate(arguments)
        if isinstance(tool, FunctionTool):
            return bounded(await tool.function(args, self))
        made = request_of(tool, args)
        answer = await self.fetch(
            self.connector,
            made.method,
            made.path,
            query=made.query,
            headers=made.headers,
            json=made.body,
        )
        return read_result(tool, answer)

    async def fetch(
        self,
        connector: str,
        method: str,
        path: str,
        *,
        host: str | None = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        reads: bool = False,
    ) -> ApiAnswer:
        """Send a request to the simulation, as ``ToolContext.fetch`` does."""
        assert (connector, host, form, content) == (self.connector, None, None, None)
        own = {name.lower(): _fill(value) for name, value in self.config.api_headers.items()}
        own = own or {"authorization": f"Bearer {FILLED['access_token']}"}
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        body = b""
        if json is not None:
            body, sent["content-type"] = _dump(json), "application/json"
        url = urlsplit(_fill(self.config.api_base_url) + path)
        incoming = Incoming(
            method=method,
            host=url.netloc,
            path=unquote(url.path),
            raw_path=url.path,
            query=urlencode(query or {}, doseq=True),
            headers={**sent, **own},
            body=body,
        )
        self.sent.append(incoming)
        outcome = self.simulation.api(incoming)
        text = _dump(outcome.body) if outcome.content is None else outcome.content
        answer = ApiAnswer(status=outcome.status, headers=dict(outcome.headers), content=text)
        if not answer.is_success:
            raise refusal_of(answer)
        return answer

    async def get_connector_token(self, connector: str) -> str:
        """No tool of these needs one."""
        raise ToolFailed("not_needed", "a tool asks for the token itself")

    def audit(self, action: str, details: Mapping[str, str | int | bool]) -> None:
        """Nothing reads it here."""

    def progress(self, done: float, total: float | None = None, message: str = "") -> None:
        """Nothing reads it here."""


def _fill(text: str) -> str:
    return re.sub(r"\$\{([\w.]+)\}", lambda found: FILLED[found[1]], text)


def _dump(value: Any) -> bytes:
    return json.dumps(value).encode()
