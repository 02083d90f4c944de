"""The control page: the log of the simulated providers, and switches for their behaviour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from gateway.sandbox.faults import CONDITIONS, FAULTS
from gateway.sandbox.keys import KeySimulation
from gateway.sandbox.ledger import App
from gateway.sandbox.pages import Sandbox, page, read_form
from gateway.sandbox.provider import Simulation, hosts_of


async def _index(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    rows = [
        {
            "rules": simulation.rules,
            "redirect_uri": simulation.redirect_uri,
            "seconds": simulation.access_token_seconds,
            "condition": sandbox.faults.conditions.get(name, CONDITIONS[0]),
            "right_keys": _right_keys(simulation),
            **sandbox.ledger.summary(name),
        }
        for name, simulation in sandbox.providers.items()
    ]
    log = sandbox.ledger.log[-20:][::-1]
    return page("index.html", 200, rows=in_use_first(rows), conditions=CONDITIONS, log=log)


def in_use_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the providers on top that have grants or are switched to misbehave.

    There are more than a hundred of them, and a developer looks for one of these.
    """
    return sorted(rows, key=lambda row: not row["grants"] and row["condition"] == CONDITIONS[0])


def _right_keys(simulation: Simulation) -> list[dict[str, Any]]:
    """The values that a person can paste, by account."""
    keys = simulation if isinstance(simulation, KeySimulation) else simulation.keys
    found = [] if keys is None else keys.right_keys()
    return [{"account": account.label, "pasted": {**values}} for account, values in found]


async def _info(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    return JSONResponse(
        {
            "ca": sandbox.ca,
            "tls_address": sandbox.tls_address,
            "providers": {
                name: {
                    "hosts": sorted(hosts_of(simulation)),
                    "client_id": getattr(simulation.rules, "client_id", ""),
                    "client_secret": getattr(simulation.rules, "client_secret", ""),
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
    simulation = _named(sandbox, await read_form(request))
    sandbox.ledger.end_grants(simulation.rules.name)
    return RedirectResponse("/", 303)


async def _reset(request: Request) -> Response:
    """Give the accounts of ``provider`` (or of all) the data back that they began with."""
    sandbox: Sandbox = request.app.state.sandbox
    form = await read_form(request)
    name = _named(sandbox, form).rules.name if form.get("provider") else None
    sandbox.ledger.reset(name)
    return RedirectResponse("/", 303)


async def _configure(request: Request) -> Response:
    """Change a provider by a form; a refused form changes nothing.

    The fields are ``provider``, ``access_token_seconds`` (may be empty), ``condition``, ``fault``
    (of token requests), ``api_fault`` (of API calls) and ``count``.
    """
    sandbox: Sandbox = request.app.state.sandbox
    form = await read_form(request)
    simulation = _named(sandbox, form)
    seconds, count = _number(form, "access_token_seconds"), _number(form, "count", least=1)
    condition, fault = form.get("condition"), form.get("fault")
    if condition and condition not in CONDITIONS:
        raise HTTPException(422, f"condition must be one of {', '.join(CONDITIONS)}")
    api_fault = form.get("api_fault")
    if {fault, api_fault} - {None, "", "none", *FAULTS}:
        raise HTTPException(422, f"fault must be 'none' or one of {', '.join(FAULTS)}")
    name = simulation.rules.name
    if "access_token_seconds" in form:
        simulation.access_token_seconds = seconds
    if condition:
        sandbox.faults.conditions[name] = condition
    if fault == "none":
        sandbox.faults.clear(name)
    elif fault:
        sandbox.faults.add(name, fault, count or 1)
    if api_fault and api_fault != "none":
        sandbox.faults.add_to_api(name, api_fault, count or 1)
    return RedirectResponse("/", 303)


async def _register(request: Request) -> Response:
    """Register another app at ``provider``: ``client_id`` and ``client_secret``, old or new."""
    sandbox: Sandbox = request.app.state.sandbox
    form = await read_form(request)
    simulation = _named(sandbox, form)
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    own = getattr(simulation.rules, "client_id", "")
    if client_id in {"", own} or not secret:
        raise HTTPException(422, "an app has a client_id of its own, and a client_secret")
    sandbox.ledger.apps[client_id] = App(provider=simulation.rules.name, secret=secret)
    sandbox.ledger.save()
    return RedirectResponse("/", 303)


def _named(sandbox: Sandbox, form: Mapping[str, str]) -> Simulation:
    """The provider that the form names; raises ``HTTPException`` 404."""
    if (simulation := sandbox.providers.get(form.get("provider", ""))) is None:
        raise HTTPException(404, "no such provider")
    return simulation


def _number(form: Mapping[str, str], field: str, *, least: int = 0) -> int | None:
    """The number in a field, ``None`` for an empty one; raises ``HTTPException`` 422."""
    text = form.get(field, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
        raise HTTPException(422, f"{field} is a whole number from {least} to 999999999")
    return int(text)


CONTROL = [
    Route("/", _index),
    Route("/_sandbox/info", _info),
    Route("/_sandbox/log", _log),
    Route("/_sandbox/expire", _expire, methods=["POST"]),
    Route("/_sandbox/end", _end, methods=["POST"]),
    Route("/_sandbox/reset", _reset, methods=["POST"]),
    Route("/_sandbox/apps", _register, methods=["POST"]),
    Route("/_sandbox/settings", _configure, methods=["POST"]),
]
