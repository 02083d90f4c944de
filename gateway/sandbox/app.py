"""The sandbox over HTTP: the providers' own endpoints, a consent page, and a control page.

Two doors lead in. The gateway comes by TLS and asks for ``https://api.notion.com/…`` as in
production; browsers and tools, whose name resolution is not rerouted, come by plain http and name
the provider's host as the first path segment: ``http://localhost:3142/api.notion.com/…``.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from connectors.key_provider import SimulatedKeyProvider
from connectors.provider import SimulatedProvider
from connectors.simulated_api import SimulatedApi
from gateway.sandbox.control import CONTROL
from gateway.sandbox.faults import DOWN, LOST_ANSWER, SLOW, SLOW_SECONDS, faulty_answer
from gateway.sandbox.keys import KeySimulation
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.pages import HEADERS, HERE, Sandbox, page, read_form
from gateway.sandbox.provider import ProviderSimulation, Simulation, simulation_of
from gateway.sandbox.wire import Incoming, Outcome, Refused

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""Those that the gateway passes on; one that a provider does not know is 404 there."""


def create_sandbox(
    rules: Sequence[SimulatedProvider | SimulatedKeyProvider],
    *,
    gateway_url: str,
    ledger: Ledger,
    ca: str,
    tls_address: tuple[str, int],
    apis: Mapping[str, SimulatedApi] | None = None,
) -> Starlette:
    """The sandbox as an ASGI application; ``gateway_url`` is where redirect URIs are registered.

    ``apis`` are the providers' APIs beyond sign-in, by the provider's name.
    """
    apis = apis or {}
    sandbox = Sandbox(
        providers={
            rule.name: simulation_of(
                rule,
                ledger,
                f"{gateway_url}/v1/connectors/{rule.name}/callback",
                apis.get(rule.name),
            )
            for rule in rules
        },
        ledger=ledger,
        ca=ca,
        tls_address=tls_address,
    )
    app = Starlette(
        routes=[
            *CONTROL,
            Route("/_sandbox/consent", _consent, methods=["POST"]),
            Mount("/_sandbox/static", StaticFiles(directory=HERE / "static")),
            Route("/{rest:path}", _provider, methods=METHODS),
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
    if endpoint == "authorize" and isinstance(simulation, ProviderSimulation):
        return _authorize(sandbox, simulation, incoming)
    condition = sandbox.faults.conditions.get(simulation.rules.name)
    if condition == DOWN:
        sandbox.ledger.note(simulation.rules.name, endpoint, "down")
        return JSONResponse({"error": "temporarily_unavailable"}, 503, HEADERS)
    if condition == SLOW:
        await asyncio.sleep(SLOW_SECONDS)
    # Where there is no token endpoint, every request meets the faults.
    fails = endpoint in ("token", "exchange") or isinstance(simulation, KeySimulation)
    fault = sandbox.faults.take(simulation.rules.name) if fails else None
    if fault is None and endpoint == "api":
        fault = sandbox.faults.take_of_api(simulation.rules.name)
    if fault is not None:
        if fault == LOST_ANSWER:
            getattr(simulation, endpoint)(incoming)
            sandbox.ledger.log[-1]["fault"] = fault
        else:
            sandbox.ledger.note(simulation.rules.name, endpoint, f"fault: {fault}")
        return await faulty_answer(fault, request.receive)
    outcome: Outcome = getattr(simulation, endpoint)(incoming)
    headers = HEADERS | dict(outcome.headers)
    if outcome.content is not None:
        return Response(outcome.content, outcome.status, headers, outcome.media_type)
    return JSONResponse(outcome.body, outcome.status, headers)


def _authorize(sandbox: Sandbox, simulation: ProviderSimulation, incoming: Incoming) -> Response:
    try:
        consent = simulation.authorize(incoming)
    except Refused as refused:
        return _refuse(sandbox, simulation, refused)
    ticket = secrets.token_urlsafe(16)
    sandbox.pending[ticket] = consent
    return page("consent.html", 200, provider=simulation.rules, consent=consent, ticket=ticket)


def _refuse(sandbox: Sandbox, simulation: Simulation, refused: Refused) -> Response:
    sandbox.ledger.note_refusal(simulation.rules.name, "authorize", refused)
    return page("refused.html", 400, provider=simulation.rules, refused=refused)


async def _consent(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    form = await read_form(request)
    consent = sandbox.pending.pop(form.get("ticket", ""), None)
    simulation = sandbox.providers[consent.provider.name] if consent is not None else None
    if consent is None or not isinstance(simulation, ProviderSimulation):
        text = "this page was answered before; start again"
        error = Refused("invalid_request", "parameters", text)
        return page("refused.html", 400, provider=None, refused=error)
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
    return RedirectResponse(url, 303, dict(HEADERS))


async def _incoming(request: Request) -> Incoming:
    host, path = request.url.hostname or "", request.url.path
    raw = request.scope.get("raw_path", path.encode()).partition(b"?")[0].decode("latin-1")
    if request.url.scheme == "http":
        host, _, rest = path.lstrip("/").partition("/")
        path, raw = f"/{rest}", "/" + raw.lstrip("/").partition("/")[2]
    return Incoming(
        method=request.method,
        host=host.lower(),
        path=path,
        query=request.url.query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
        raw_path=raw,
    )
