"""A tool in front of its simulated provider: no network, no gateway, no credential.

The request is the one that the gateway would send, and the answer is read as it would read it. How
a call goes through the gateway is tested elsewhere; these tests are about what a tool says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from connectors.catalog import Catalog
from connectors.provider import ApiCall, Refusal, SimulatedProvider
from connectors.tooling import ApiAnswer, FunctionTool, HttpTool, ToolFailed
from gateway.sandbox.ledger import AccessToken, Grant, Ledger
from gateway.sandbox.operations import Caller, Operations
from gateway.sandbox.provider import ProviderSimulation
from gateway.sandbox.wire import Incoming, Outcome, matches
from gateway.tools.registry import Registry
from gateway.tools.request import form_of, request_of
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

REGISTRY = Registry(Catalog({}))
NOW = 1_796_000_000.0
BASES = {
    "datadog": "api.datadoghq.com/api",
    "linkedin": "api.linkedin.com",
    "mailchimp": "us6.api.mailchimp.com/3.0",
    "mandrill": "mandrillapp.com/api/1.0",
    "quickbooks": "quickbooks.api.intuit.com/v3/company/9130347596842001",
    "salesforce": "acme.my.salesforce.com",
    "serpapi": "serpapi.com",
    "shopify": "acme.myshopify.com/admin/api/2026-10",
    "square": "connect.squareup.com",
    "stripe": "api.stripe.com/v1",
    "tiktok": "open.tiktokapis.com/v2",
    "twilio": f"api.twilio.com/2010-04-01/Accounts/AC{'0a' * 16}",
    "x": "api.x.com/2",
    "xero": "api.xero.com",
    "zoho_crm": "www.zohoapis.eu/crm/v8",
    "zoom": "api.zoom.us/v2",
}
"""Host and path of the API for the first account of each sandbox."""
XERO_TENANT = {"xero-tenant-id": "11111111-aaaa-4000-8000-000003000001"}


def tools_of(connector: str) -> dict[str, HttpTool | FunctionTool]:
    """The tools of the connector's file, by name."""
    tools = import_module(f"connectors.tools.{connector}").TOOLS
    return {each.name: each for each in tools}


class _Side:
    """What both sides below share: a call of a tool, and the ``ToolContext`` that it has."""

    user, tenant, project, owner = "alice", "default", None, None

    def __init__(self, connector: str) -> None:
        self.connector = connector
        self.tools = tools_of(connector)
        self.ledger = Ledger()
        self.ledger.now = lambda: NOW
        self.sent: list[Incoming] = []

    @property
    def effects(self) -> list[str]:
        """What was changed at the provider, a word for each time."""
        return [line["effect"] for line in self.ledger.log if line.get("effect")]

    @property
    def body(self) -> Any:
        """The body of the newest request."""
        return json.loads(self.sent[-1].body)

    async def call(self, name: str, /, **arguments: Any) -> ToolResult:
        """Call a tool. Raises ``ToolFailed`` as the gateway does."""
        tool = self.tools[name]
        args = tool.args.model_validate(arguments)
        if isinstance(tool, FunctionTool):
            return bounded(await tool.function(args, self))
        made = request_of(tool, args)
        body: dict[str, Any] = {"json": made.body}
        if made.body is not None and tool.body_format == "form":
            body = {"form": dict(form_of(made.body))}
        answer = await self.fetch(
            self.connector,
            made.method,
            made.path,
            host=tool.host,
            query=made.query,
            headers=made.headers,
            **body,
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
        content_type: str = "",
        reads: bool = False,
    ) -> ApiAnswer:
        """Send a request as ``ToolContext.fetch`` does."""
        assert (connector, content) == (self.connector, None)
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        body = b""
        if form is not None:
            body, kind = urlencode(form).encode(), "application/x-www-form-urlencoded"
            sent["content-type"] = kind
        elif json is not None:
            body, sent["content-type"] = _dump(json), "application/json"
        base, own = self.destination()
        where, _, below = (host or base).partition("/")
        raw = f"/{below}{path}" if below else path
        incoming = Incoming(
            method=method,
            host=where,
            path=unquote(raw),
            raw_path=raw,
            query=urlencode(query or {}, doseq=True),
            headers={**sent, **own},
            body=body,
        )
        self.sent.append(incoming)
        answer = self.answer(incoming)
        if not answer.is_success:
            raise refusal_of(answer)
        return answer

    def destination(self) -> tuple[str, Mapping[str, str]]:
        """Return host and path of the API, and the headers that the gateway adds."""
        raise NotImplementedError

    def answer(self, incoming: Incoming) -> ApiAnswer:
        """Answer as the provider."""
        raise NotImplementedError

    async def get_connector_token(self, connector: str) -> str:
        """No tool of these asks for one."""
        raise ToolFailed("not_needed", "a tool asks for the token itself")

    def audit(self, action: str, details: Mapping[str, str | int | bool]) -> None:
        """Nothing reads it here."""

    def progress(self, done: float, total: float | None = None, message: str = "") -> None:
        """Nothing reads it here."""


class Provider(_Side):
    """The API of a provider for its first account, behind its check of the credential."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.rules = import_module(f"connectors.sandbox.{name}").PROVIDER
        api = import_module(f"connectors.sandbox.api.{name}").API
        self._operations = Operations(api, self.ledger)
        self._scopes: frozenset[str] | None = None

    async def call(
        self, name: str, /, *, scopes: Iterable[str] | None = None, **arguments: Any
    ) -> ToolResult:
        """Call a tool, with its own scopes or others. Raises ``ToolFailed`` as the gateway does."""
        declared = next(iter(REGISTRY.tool(name).scopes.values()), ())
        granted = frozenset(declared if scopes is None else scopes)
        self._scopes = granted if declared else None
        return await super().call(name, **arguments)

    def destination(self) -> tuple[str, Mapping[str, str]]:
        return BASES[self.connector], XERO_TENANT if self.connector == "xero" else {}

    def answer(self, incoming: Incoming) -> ApiAnswer:
        account = self.rules.accounts[0]
        caller = Caller(account=account, tenant="", scopes=self._scopes)
        outcome = None
        if self._operations.knows(incoming):
            outcome = self._operations.answer(incoming, lambda: caller)
        if outcome is None:  # the provider's own file has it
            rule = next(r for r in self.rules.api if matches(r.address, incoming.address))
            scopes = tuple(self._scopes or ())
            said = rule.answer(
                ApiCall(account=account, tenant="", scopes=scopes, address=incoming.address)
            )
            is_refused = isinstance(said, Refusal)
            status, body = (said.status, said.body) if is_refused else (200, said)
            return ApiAnswer(status=status, headers={}, content=_dump(body))
        return _answer(outcome)


class Bench(_Side):
    """One account of a provider, and a token with exactly ``scopes``."""

    def __init__(self, connector: str, scopes: Sequence[str] = ()) -> None:
        super().__init__(connector)
        rules = CATALOG.sandbox_module(connector).PROVIDER
        assert isinstance(rules, SimulatedProvider)
        self.config = CATALOG.oauth(connector)
        api = CATALOG.sandbox_api_module(connector)
        assert api is not None
        self.simulation = ProviderSimulation(rules, self.ledger, "http://x.example/", api.API)
        account = rules.accounts[0].key
        tenant = TENANTS.get(connector, "")
        grant = Grant("g", connector, tenant, account, list(scopes), {})
        self.ledger.grants["g"] = grant
        self.ledger.access_tokens[FILLED["access_token"]] = AccessToken("g", None)

    def destination(self) -> tuple[str, Mapping[str, str]]:
        own = {name.lower(): _fill(value) for name, value in self.config.api_headers.items()}
        url = urlsplit(_fill(self.config.api_base_url))
        return url.netloc + url.path, own or {"authorization": f"Bearer {FILLED['access_token']}"}

    def answer(self, incoming: Incoming) -> ApiAnswer:
        return _answer(self.simulation.api(incoming))


def _answer(outcome: Outcome) -> ApiAnswer:
    text = _dump(outcome.body) if outcome.content is None else outcome.content
    names = {name.lower(): value for name, value in outcome.headers.items()}
    return ApiAnswer(status=outcome.status, headers=names, content=text)


def _fill(text: str) -> str:
    return re.sub(r"\$\{([\w.]+)\}", lambda found: FILLED[found[1]], text)


def _dump(value: Any) -> bytes:
    return json.dumps(value).encode()
