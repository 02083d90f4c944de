"""The state of every request: the application's services, and the request's id."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from starlette.requests import Request
from starlette.types import ASGIApp

if TYPE_CHECKING:
    from gateway.wiring.process import Services


class State(TypedDict):
    """The application's state, which the lifespan opens. ``mcp`` is ``None`` if it is off."""

    services: Services
    mcp: ASGIApp | None


def services(request: Request) -> Services:
    """Return the services of this application."""
    # Not ``request.state``, which wraps the same mapping: this is called many times per request.
    return request.scope["state"]["services"]  # type: ignore[no-any-return]


def request_id(request: Request) -> str:
    """Return the id under which this request is logged."""
    return str(request.scope.get("state", {}).get("request_id", ""))
