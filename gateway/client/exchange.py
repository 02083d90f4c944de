"""One call from its first try to its result: deadline, retries, limits. Pure, no I/O.

The two clients only send, read and sleep; every decision is made here, once for both.

What is retried: a request that never left (no connection could be made), whatever the call; and,
for calls that may arrive twice, an answer that got lost or that says 429, 502, 503 or 504. A forced
refresh, a change and a disconnect are never sent twice: a lost answer may mean that they happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx

from gateway.client.answers import Answer, read_answer
from gateway.client.calls import Call
from gateway.client.errors import GatewayError, GatewayUnavailable, UnexpectedAnswer
from gateway.client.settings import Assertion, Settings, read_assertion

__all__ = ["FAULTS", "Exchange", "Lost"]

T = TypeVar("T")

FIRST_PAUSE = 0.2
"""Seconds before the first retry; doubles with each."""
LONGEST_ASK = 10.0
"""Who is asked to wait longer than this gives up, and tells the caller how long it would be."""
CONNECT_TIMEOUT = 5.0
"""Shorter than the deadline, so that one lost SYN does not use up the time for a retry."""
LARGEST_BODY = 4 * 1024 * 1024

_RETRY_STATUSES = frozenset({429, 502, 503, 504})
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_PERHAPS_SENT = (
    httpx.NetworkError,
    httpx.TimeoutException,
    httpx.RemoteProtocolError,
    httpx.ProxyError,
)
_UNREADABLE = (httpx.DecodingError, httpx.TooManyRedirects)


class BodyTooLarge(Exception):
    """The answer is larger than any of the gateway's."""


FAULTS = (httpx.HTTPError, TimeoutError, BodyTooLarge)
"""What sending and reading may raise and `Exchange.lost` understands."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A try that brought no answer. `error` is what the caller gets if it was the last one."""

    error: GatewayError
    never_sent: bool
    perhaps_sent: bool


class Exchange(Generic[T]):
    """One call under way. A client loops: `request`, send and read, `pause_after`, sleep."""

    def __init__(
        self, call: Call[T], settings: Settings, assertion: Assertion | None = None
    ) -> None:
        self._call = call
        self._assertion = assertion
        self._settings = settings
        self._deadline = settings.clock() + settings.timeout
        self._tries = 0
        self._body = bytearray()

    def remaining(self) -> float:
        """Seconds left for the whole call, never negative."""
        return max(0.0, self._deadline - self._settings.clock())

    def request(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """A fresh request for the next try; the API key is added when it is sent."""
        remaining = self.remaining()
        self._body.clear()
        headers = {"Accept": "application/json, application/problem+json"}
        if self._call.body is not None:
            headers["Content-Type"] = "application/json"
        if self._assertion is not None:
            headers["X-User-Assertion"] = read_assertion(self._assertion)
        query = f"?{self._call.query}" if self._call.query else ""
        return client.build_request(
            self._call.method,
            f"{self._settings.base_url}{self._call.path}{query}",
            content=self._call.body,
            headers=headers,
            timeout=httpx.Timeout(remaining, connect=min(remaining, CONNECT_TIMEOUT)),
        )

    def feed(self, chunk: bytes) -> None:
        """Take a part of the answer.

        httpx counts its time-out from one part to the next, so a slow drip would never end.

        Raises:
            TimeoutError: the deadline has passed.
            BodyTooLarge: this is not an answer of the gateway.
        """
        self._body += chunk
        if len(self._body) > LARGEST_BODY:
            raise BodyTooLarge
        if self.remaining() <= 0:
            raise TimeoutError

    def answer(self, response: httpx.Response) -> Answer:
        """The complete answer, after its last part was fed."""
        return Answer(response.status_code, response.headers, bytes(self._body))

    def lost(self, fault: Exception) -> Lost:
        """What a fault means. The fault is dropped, because it holds the request and its key."""
        what = f"{self._call.method} {self._call.path}"
        error: GatewayError
        if isinstance(fault, BodyTooLarge):
            error = UnexpectedAnswer(f"{what} answered with more than {LARGEST_BODY} bytes.")
        elif isinstance(fault, _UNREADABLE):
            error = UnexpectedAnswer(f"{what} got an unreadable answer: {type(fault).__name__}.")
        elif isinstance(fault, (httpx.TimeoutException, TimeoutError)):
            error = GatewayUnavailable(
                f"The gateway at {self._settings.base_url} did not answer {what} in time."
            )
        elif isinstance(fault, httpx.ConnectError):
            # The only fault whose text is worth showing (name not found, refused, certificate) and
            # safe: before there is a connection nobody has seen the headers.
            error = GatewayUnavailable(
                f"Cannot reach the gateway at {self._settings.base_url}: {fault}."
            )
        else:
            error = GatewayUnavailable(
                f"The connection to the gateway at {self._settings.base_url} broke during "
                f"{what}: {type(fault).__name__}."
            )
        return Lost(
            error,
            never_sent=isinstance(fault, _NEVER_SENT),
            perhaps_sent=isinstance(fault, _PERHAPS_SENT),
        )

    def pause_after(self, outcome: Answer | Lost) -> float | None:
        """Seconds to wait before another try, or None when this outcome is the last word."""
        self._tries += 1
        if self._tries > self._settings.retries or not self._is_worth_a_retry(outcome):
            return None
        asked = (outcome.retry_after or 0.0) if isinstance(outcome, Answer) else 0.0
        # Never earlier than asked. Half of the rest is chance, so that many callers do not
        # come back at the same moment.
        backoff = FIRST_PAUSE * 2.0 ** (self._tries - 1) * (0.5 + 0.5 * self._settings.jitter())
        pause = asked + backoff
        if asked > LONGEST_ASK or pause >= self.remaining():
            return None
        return pause

    def _is_worth_a_retry(self, outcome: Answer | Lost) -> bool:
        if isinstance(outcome, Answer):
            return self._call.repeatable and outcome.status in _RETRY_STATUSES
        return outcome.never_sent or (self._call.repeatable and outcome.perhaps_sent)

    def result(self, outcome: Answer | Lost) -> T:
        """What the caller gets of the last outcome.

        Raises:
            GatewayError: the outcome is not a result.
        """
        if isinstance(outcome, Lost):
            raise outcome.error
        return read_answer(self._call, outcome)
