"""An endpoint of the API, declared once: the route and its description come from the same line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Who = Literal["anyone", "session", "session or key", "key"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One method of one path. ``errors`` are the codes of ``problems.PROBLEMS`` that it answers with."""

    method: str
    path: str
    handler: Callable[[Request], Awaitable[Response]]
    summary: str
    who: Who
    role: str | None = None
    request: type[BaseModel] | None = None
    reply: type[BaseModel] | None = None
    status: int = 200
    query: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()

    def route(self) -> Route:
        """The Starlette route."""
        return Route(self.path, self.handler, methods=[self.method])
