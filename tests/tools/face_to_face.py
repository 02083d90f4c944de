"""A tool in front of its simulated provider: no network, no gateway, no credential.

The request is the one that the gateway would send, and the answer is read as it would read it. How
a call goes through the gateway is tested elsewhere; these tests are about what a tool says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlencode

from connectors.catalog import Catalog
from connectors.provider import ApiCall, Refusal
from connectors.tooling import ApiAnswer, FunctionTool, HttpTool, ToolFailed
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.operations import Caller, Operations
from gateway.sandbox.wire import Incoming, matches
from gateway.tools.registry import Registry
from gateway.tools.request import form_of, request_of
from gateway.tools.result import ToolResult, bounded, read_result, refusal_of

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


class Provider:
    """The API of a provider for its first account; what was sent to it is in ``sent``."""

    user, tenant, project, owner = "alice", "default", None, None

    def __init__(self, name: str) -> None:
        self.name = name
        self.rules = import_module(f"connectors.sandbox.{name}").PROVIDER
        self.tools: Sequence[HttpTool | FunctionTool] = import_module(
            f"connectors.tools.{name}"
        ).TOOLS
        self.ledger = Ledger()
        self.ledger.now = lambda: NOW
        api = import_module(f"connectors.sandbox.api.{name}").API
        self._operations = Operations(api, self.ledger)
        self._scopes: frozenset[str] | None = None
        self.sent: list[Incoming] = []

    @property
    def effects(self) -> list[str]:
        """What was changed at the provider, a word for each time."""
        return [line["effect"] for line in self.ledger.log if line.get("effect")]

    async def call(
        self, name: str, /, *, scopes: Iterable[str] | None = None, **arguments: Any
    ) -> ToolResult:
        """Call a tool, with its own scopes or others. Raises ``ToolFailed`` as the gateway does."""
        declared = next(iter(REGISTRY.tool(name).scopes.values()), ())
        granted = frozenset(declared if scopes is None else scopes)
        self._scopes = granted if declared else None
        tool = next(each for each in self.tools if each.name == name)
        args = tool.args.model_validate(arguments)
        if isinstance(tool, FunctionTool):
            return bounded(await tool.function(args, self))
        made = request_of(tool, args)
        body: dict[str, Any] = {"json": made.body}
        if made.body is not None and tool.body_format == "form":
            body = {"form": dict(form_of(made.body))}
        query, headers = made.query, made.headers
        answer = await self.fetch("", made.method, made.path, query=query, headers=headers, **body)
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
        """Send a request as ``ToolContext.fetch`` does."""
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        sent |= XERO_TENANT if self.name == "xero" else {}
        body = b""
        if form is not None:
            body, kind = urlencode(form).encode(), "application/x-www-form-urlencoded"
            sent["content-type"] = kind
        elif json is not None:
            body, sent["content-type"] = _dump(json), "application/json"
        where, _, base = BASES[self.name].partition("/")
        raw = f"/{base}{path}" if base else path
        incoming = Incoming(
            method=method,
            host=where,
            path=unquote(raw),
            raw_path=raw,
            query=urlencode(query or {}, doseq=True),
            headers=sent,
            body=body,
        )
        self.sent.append(incoming)
        answer = self._answer(incoming)
        if not answer.is_success:
            raise refusal_of(answer)
        return answer

    def _answer(self, incoming: Incoming) -> ApiAnswer:
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
        text = _dump(outcome.body) if outcome.content is None else outcome.content
        names = {name.lower(): value for name, value in outcome.headers.items()}
        return ApiAnswer(status=outcome.status, headers=names, content=text)

    async def get_connector_token(self, connector: str) -> str:
        """No tool of these asks for one."""
        raise ToolFailed("not_needed", "a tool asks for the token itself")

    def audit(self, action: str, details: Mapping[str, str | int | bool]) -> None:
        """Nothing reads it here."""

    def progress(self, done: float, total: float | None = None, message: str = "") -> None:
        """Nothing reads it here."""


def _dump(value: Any) -> bytes:
    return json.dumps(value).encode()
