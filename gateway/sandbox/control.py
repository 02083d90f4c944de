"""The control page: what the providers saw, and switches for what a developer wants to see."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from gateway.sandbox.faults import CONDITIONS, FAULTS
from gateway.sandbox.pages import Sandbox, page, read_form


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
    return page("index.html", 200, rows=rows, conditions=CONDITIONS, log=log)


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
    form = await read_form(request)
    sandbox.ledger.expire(form.get("provider"))
    return RedirectResponse("/", 303)


async def _end(request: Request) -> Response:
    """End every grant of ``provider``, as if each person had removed the app there."""
    sandbox: Sandbox = request.app.state.sandbox
    sandbox.ledger.end_grants((await read_form(request)).get("provider", ""))
    return RedirectResponse("/", 303)


async def _configure(request: Request) -> Response:
    """Form fields: ``provider``, ``access_token_seconds`` (may be empty), ``condition``, ``fault``
    and ``count``.
    """
    sandbox: Sandbox = request.app.state.sandbox
    form = await read_form(request)
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


CONTROL = [
    Route("/", _index),
    Route("/_sandbox/info", _info),
    Route("/_sandbox/log", _log),
    Route("/_sandbox/expire", _expire, methods=["POST"]),
    Route("/_sandbox/end", _end, methods=["POST"]),
    Route("/_sandbox/settings", _configure, methods=["POST"]),
]
