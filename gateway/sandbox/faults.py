"""Ways in which a provider can be made to fail: once, or until it is switched back."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

HANG_SECONDS = 60
SLOW_SECONDS = 4

SLOW = "slow"
DOWN = "down"
CONDITIONS = ("works", SLOW, DOWN)
"""The behaviour of a provider until it is changed: normal, late, or unavailable (503)."""

LOST_ANSWER = "lost_answer"
"""The request is carried out (a refresh token is rotated), and its answer never arrives."""

FAULTS = (
    "html",
    "error_in_200",
    "status_500",
    "rate_limited",
    "redirect",
    "not_json",
    "huge",
    "hang",
    LOST_ANSWER,
)


class Faults:
    """The active faults by provider; each request uses one up. ``conditions`` stay."""

    def __init__(self) -> None:
        self._waiting: dict[str, Counter[str]] = {}
        self.conditions: dict[str, str] = {}

    def add(self, provider: str, fault: str, count: int) -> None:
        """Let ``count`` further token requests of this provider fail."""
        self._waiting.setdefault(provider, Counter())[fault] += count

    def add_to_api(self, provider: str, fault: str, count: int) -> None:
        """Let ``count`` further calls of this provider's API fail."""
        self.add(_api_of(provider), fault, count)

    def clear(self, provider: str) -> None:
        """Let this provider's requests succeed again."""
        self._waiting.pop(provider, None)
        self._waiting.pop(_api_of(provider), None)

    def take_of_api(self, provider: str) -> str | None:
        """The fault that the next call of this provider's API meets, used up."""
        return self.take(_api_of(provider))

    def take(self, provider: str) -> str | None:
        """The fault that the next token request of this provider meets, used up."""
        waiting = self._waiting.get(provider, Counter())
        for name in waiting:
            waiting[name] -= 1
            if waiting[name] <= 0:
                del waiting[name]
            return name
        return None


def _api_of(provider: str) -> str:
    return f"the API of {provider}"


async def faulty_answer(fault: str, receive: Callable[[], Awaitable[Any]]) -> Response:
    """The answer of a fault; ``receive`` is that of ASGI, with the request's body already taken."""
    match fault:
        case "html":
            return HTMLResponse("<html><body><h1>We will be right back</h1></body></html>")
        case "error_in_200":
            return JSONResponse({"error": "invalid_grant", "error_description": "in a 200"})
        case "status_500":
            return JSONResponse({"error": "server_error"}, 500)
        case "rate_limited":
            return JSONResponse({"error": "slow_down"}, 429, {"Retry-After": "7"})
        case "redirect":
            return RedirectResponse("https://elsewhere.example/token", 307)
        case "not_json":
            return Response(b'{"access_token": "x"', media_type="application/json")
        case "huge":
            return Response(b'"' + b"x" * 3_000_000 + b'"', media_type="application/json")
        case _:
            # Until the client has had enough: a request that waits would hold up the shutdown.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HANG_SECONDS):
                    await receive()
            return Response(status_code=504)
