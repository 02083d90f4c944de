"""An endpoint of the API: its route and its description come from one declaration."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, compile_path

from gateway.web.inputs import read_query

ANY_QUERY = ("*",)
"""The query of an operation that passes it on unread."""

Who = Literal["anyone", "session", "session or key", "key"]


class _Slug(StringConvertor):
    """A slug of an integration; the names of the endpoints beside it are no slugs."""

    regex = "(?!(?:detect|presets|preview)(?![^/]))[^/]+"


register_url_convertor("slug", _Slug())


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One method of one path: how it is routed and documented.

    ``errors`` are codes of ``PROBLEMS``; ``headers`` are request headers besides the credential.
    ``media_type`` is that of the reply, or of what holds replies.
    ``is_passed_on``: request and answer are a provider's.
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
    media_type: str = "application/json"
    is_passed_on: bool = False

    def route(self) -> Route:
        """Return the Starlette route, which refuses query parameters that are not in ``query``."""

        @functools.wraps(self.handler)
        async def answer(request: Request) -> Response:
            # Public endpoints read no parameter; health probes may add one.
            public = self.who == "anyone" or self.query is ANY_QUERY
            if request.scope["query_string"] and not public:
                read_query(request, *self.query)
            return await self.handler(request)

        route = Route(self.path, answer, methods=[self.method])
        path = self.path.replace("{slug}", "{slug:slug}")
        route.path_regex, _, route.param_convertors = compile_path(path)
        return route
