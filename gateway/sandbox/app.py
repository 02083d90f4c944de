"""The sandbox over HTTP: the providers' own endpoints, a consent page, and a control page.

Two doors lead in. The gateway comes by TLS and asks for ``https://api.notion.com/…`` as in
production; browsers and tools, whose name resolution is not rerouted, come by plain http and name
the provider's host as the first path segment: ``http://localhost:3142/api.notion.com/…``.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from connectors.provider import SimulatedProvider
from gateway.sandbox.authorization import Consent
from gateway.sandbox.faults import (
    CONDITIONS,
    DOWN,
    FAULTS,
    LOST_ANSWER,
    SLOW,
    SLOW_SECONDS,
    Faults,
    faulty_answer,
)
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.provider import ProviderSimulation
from gateway.sandbox.wire import Incoming, Outcome, Refused

_HERE = Path(__file__).parent
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass
class Sandbox:
    """All simulated providers and what is switched on for them."""

    providers: Mapping[str, ProviderSimulation]
    ledger: Ledger
    ca: str
    tls_address: tuple[str, int]
    pending: dict[str, Consent] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def find(self, incoming: Incoming) -> tuple[ProviderSimulation, str] | None:
        """The provider and endpoint that a request is for."""
        for simulation in self.providers.values():
            if endpoint := simulation.endpoint(incoming):
                return simulation, endpoint
        return None


def create_sandbox(
    rules: Sequence[SimulatedProvider],
    *,
    gateway_url: str,
    ledger: Ledger,
    ca: str,
    tls_address: tuple[str, int],
) -> Starlette:
    """The sandbox as an ASGI application; ``gateway_url`` is where redirect URIs are registered."""
    sandbox = Sandbox(
        providers={
            rule.name: ProviderSimulation(
                rule, ledger, f"{gateway_url}/v1/connectors/{rule.name}/callback"
            )
            for rule in rules
        },
        ledger=ledger,
        ca=ca,
        tls_address=tls_address,
    )
    app = Starlette(
        routes=[
            Route("/", _index),
            Route("/_sandbox/info", _info),
            Route("/_sandbox/log", _log),
            Route("/_sandbox/expire", _expire, methods=["POST"]),
            Route("/_sandbox/end", _end, methods=["POST"]),
            Route("/_sandbox/settings", _configure, methods=["POST"]),
            Route("/_sandbox/consent", _consent, methods=["POST"]),
            Mount("/_sandbox/static", StaticFiles(directory=_HERE / "static")),
            Route("/{rest:path}", _provider, methods=["GET", "POST", "DELETE"]),
        ]
    )
    app.state.sandbox = sandbox
    return app


async def _provider(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    incoming = await _incoming(request)
    found = sandbox.find(incoming)
    if found is None:
        return JSONResponse({"error": "not_found"}, 404)
    simulation, endpoint = found
    if endpoint == "authorize":
        return _authorize(sandbox, simulation, incoming)
    condition = sandbox.faults.conditions.get(simulation.rules.name)
    if condition == DOWN:
        sandbox.ledger.note(simulation.rules.name, endpoint, "down")
        return JSONResponse({"error": "temporarily_unavailable"}, 503, _HEADERS)
    if condition == SLOW:
        await asyncio.sleep(SLOW_SECONDS)
    fault = sandbox.faults.take(simulation.rules.name) if endpoint == "token" else None
    if fault is not None:
        if fault == LOST_ANSWER:
            simulation.token(incoming)
            sandbox.ledger.log[-1]["fault"] = fault
        else:
            sandbox.ledger.note(simulation.rules.name, "token", f"fault: {fault}")
        return await faulty_answer(fault, request.receive)
    outcome: Outcome = getattr(simulation, endpoint)(incoming)
    body = outcome.body if isinstance(outcome.body, list) else dict(outcome.body)
    return JSONResponse(body, outcome.status, _HEADERS | dict(outcome.headers))


def _authorize(sandbox: Sandbox, simulation: ProviderSimulation, incoming: Incoming) -> Response:
    try:
        consent = simulation.authorize(incoming)
    except Refused as refused:
        return _refuse(sandbox, simulation, refused)
    ticket = secrets.token_urlsafe(16)
    sandbox.pending[ticket] = consent
    return _page("consent.html", 200, provider=simulation.rules, consent=consent, ticket=ticket)


def _refuse(sandbox: Sandbox, simulation: ProviderSimulation, refused: Refused) -> Response:
    sandbox.ledger.note_refusal(simulation.rules.name, "authorize", refused)
    return _page("refused.html", 400, provider=simulation.rules, refused=refused)


async def _consent(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    form = await _form(request)
    consent = sandbox.pending.pop(form.get("ticket", ""), None)
    if consent is None:
        text = "this page was answered before; start again"
        error = Refused("invalid_request", "parameters", text)
        return _page("refused.html", 400, provider=None, refused=error)
    simulation = sandbox.providers[consent.provider.name]
    account = form.get("account")
    granted = [s for number, s in enumerate(consent.scopes) if f"grant.{number}" in form]
    refused = set(consent.scopes) - set(granted) if "choice" in form else set()
    try:
        params = (
            simulation.approve(consent, account, refused) if account else simulation.deny(consent)
        )
    except Refused as error:
        return _refuse(sandbox, simulation, error)
    url = f"{consent.params['redirect_uri']}?{urlencode(params)}"
    return RedirectResponse(url, 303, dict(_HEADERS))


async def _index(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    rows = [
        {
            "rules": simulation.rules,
            "redirect_uri": simulation.redirect_uri,
            "seconds": simulation.access_token_seconds,
            "condition": sandbox.faults.conditions.get(name, CONDITIONS[0]),
            **sandbox.ledger.summary(name),
        }
        for name, simulation in sandbox.providers.items()
    ]
    log = sandbox.ledger.log[-20:][::-1]
    return _page("index.html", 200, rows=rows, conditions=CONDITIONS, log=log)


async def _info(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    return JSONResponse(
        {
            "ca": sandbox.ca,
            "tls_address": sandbox.tls_address,
            "providers": {
                name: {
                    "hosts": sorted(simulation.rules.hosts()),
                    "client_id": simulation.rules.client_id,
                    "client_secret": simulation.rules.client_secret,
                }
                for name, simulation in sandbox.providers.items()
            },
        }
    )


async def _log(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    return JSONResponse({"log": sandbox.ledger.log})


async def _expire(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    form = await _form(request)
    sandbox.ledger.expire(form.get("provider"))
    return RedirectResponse("/", 303)


async def _end(request: Request) -> Response:
    """End every grant of ``provider``, as if each person had removed the app there."""
    sandbox: Sandbox = request.app.state.sandbox
    sandbox.ledger.end_grants((await _form(request)).get("provider", ""))
    return RedirectResponse("/", 303)


async def _configure(request: Request) -> Response:
    """Form fields: ``provider``, ``access_token_seconds`` (may be empty), ``condition``, ``fault``
    and ``count``.
    """
    sandbox: Sandbox = request.app.state.sandbox
    form = await _form(request)
    simulation = sandbox.providers.get(form.get("provider", ""))
    if simulation is None:
        raise HTTPException(404, "no such provider")
    try:
        if "access_token_seconds" in form:
            seconds = form["access_token_seconds"]
            simulation.access_token_seconds = int(seconds) if seconds else None
        if condition := form.get("condition"):
            if condition not in CONDITIONS:
                raise HTTPException(422, f"condition must be one of {', '.join(CONDITIONS)}")
            sandbox.faults.conditions[simulation.rules.name] = condition
        if fault := form.get("fault"):
            if fault not in {"none", *FAULTS}:
                raise HTTPException(422, f"fault must be 'none' or one of {', '.join(FAULTS)}")
            if fault == "none":
                sandbox.faults.clear(simulation.rules.name)
            else:
                sandbox.faults.add(simulation.rules.name, fault, int(form.get("count", "1")))
    except ValueError:
        raise HTTPException(422, "access_token_seconds and count are whole numbers") from None
    return RedirectResponse("/", 303)


async def _incoming(request: Request) -> Incoming:
    host, path = request.url.hostname or "", request.url.path
    if request.url.scheme == "http":
        host, _, rest = path.lstrip("/").partition("/")
        path = f"/{rest}"
    return Incoming(
        method=request.method,
        host=host.lower(),
        path=path,
        query=request.url.query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
    )


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


_pages = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
)


def _page(template: str, status: int, **context: Any) -> HTMLResponse:
    return HTMLResponse(_pages.get_template(template).render(context), status, dict(_HEADERS))
