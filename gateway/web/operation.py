"""An endpoint of the API, declared once: the route and its description come from the same line."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.web.inputs import read_query

Who = Literal["anyone", "session", "session or key", "key"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One method of one path. ``errors`` are the codes of ``problems.PROBLEMS`` that it answers with.

    ``headers`` are those that it may be sent beside the credential.
    """

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
    headers: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()

    def route(self) -> Route:
        """The Starlette route. Parameters that are not in ``query`` are refused, not overlooked."""

        @functools.wraps(self.handler)
        async def answer(request: Request) -> Response:
            # What is there for anyone reads nothing: a probe that adds something is no attack.
            if request.scope["query_string"] and self.who != "anyone":
                read_query(request, *self.query)
            return await self.handler(request)

        return Route(self.path, answer, methods=[self.method])
