"""Faults: wrong answers of an endpoint, and the error that each stands for."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from gateway.errors import (
    ProviderError,
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnavailable,
    UnreadableResponse,
)
from gateway.testing.wire import HANGS

PATIENCE = 0.2  # seconds that a provider has to answer where it is made to hang


@dataclass(frozen=True)
class Fault:
    """``raises`` are the errors that ``answer`` may be taken for at a token endpoint."""

    answer: httpx.Response
    raises: tuple[type[ProviderError], ...] = (UnreadableResponse,)

    @property
    def seconds(self) -> float | None:
        """How long to wait for the answer; ``None``: as long as in production."""
        return PATIENCE if self.answer is HANGS else None


_DOWN = (ProviderUnavailable,)
_SAID_IN_A_200 = (UnreadableResponse, ProviderRefused)
"""A failure to one provider, and to another an answer that lacks its token."""

_NOT_OURS = (ProviderMisconfigured, UnreadableResponse)
"""The second to a provider that has its error codes elsewhere."""

FAULTS = {
    "HTML": Fault(httpx.Response(200, html="<h1>We will be right back</h1>")),
    "HTML and 502": Fault(httpx.Response(502, html="<h1>Bad gateway</h1>"), _DOWN),
    "a 500": Fault(httpx.Response(500, json={"error": "server_error"}), _DOWN),
    "too many requests": Fault(
        httpx.Response(429, json={"error": "slow_down"}, headers={"Retry-After": "7"}), _DOWN
    ),
    "half of a JSON text": Fault(
        httpx.Response(
            200, content=b'{"access_token": "x"', headers={"content-type": "application/json"}
        )
    ),
    "a list": Fault(httpx.Response(200, json=[])),
    "an empty object": Fault(httpx.Response(200, json={})),
    "an error in a 200": Fault(
        httpx.Response(200, json={"error": "access_denied"}), _SAID_IN_A_200
    ),
    "ok: false in a 200": Fault(
        httpx.Response(200, json={"ok": False, "error": "fatal_error"}), _SAID_IN_A_200
    ),
    "a token that is a number": Fault(httpx.Response(200, json={"access_token": 5})),
    "a token with a line end": Fault(httpx.Response(200, json={"access_token": "a\r\nb"})),
    "a refused client": Fault(httpx.Response(401, json={"error": "invalid_client"}), _NOT_OURS),
    "a redirect": Fault(httpx.Response(307, headers={"location": "https://elsewhere.example/"})),
    "more than a megabyte": Fault(httpx.Response(200, content=b'"' + b"x" * 1_100_000 + b'"')),
    "nothing at all": Fault(HANGS, _DOWN),
}

AT_THE_API = (
    "HTML",
    "a 500",
    "half of a JSON text",
    "a list",
    "an empty object",
    "ok: false in a 200",
    "a refused client",
    "a redirect",
    "nothing at all",
)
"""Those that are tried where the account is read."""
