"""One call from its first try to its result: deadline, retries, limits. Pure, no I/O.

The two clients only send, read and sleep; every decision is made here, once for both.

Any call is retried if its request was never sent (no connection could be made). Repeatable calls
are also retried after a lost answer and after 429, 502, 503 and 504. A forced refresh, a change and
a disconnect are never sent twice: a lost answer may mean that they happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx

from gateway.client.answers import Answer, read_answer
from gateway.client.calls import Call
from gateway.client.errors import GatewayError, GatewayUnavailable, UnexpectedAnswer
from gateway.client.settings import Assertion, Settings, read_assertion

T = TypeVar("T")

FIRST_PAUSE = 0.2
"""Seconds before the first retry; doubles with each."""
LONGEST_RETRY_AFTER = 10.0
"""Seconds. A call gives up on a longer ``Retry-After`` and reports it to the caller."""
CONNECT_TIMEOUT = 5.0
"""Seconds. Shorter than the deadline, so that one lost SYN leaves time for a retry."""
LARGEST_BODY = 4 * 1024 * 1024

_RETRY_STATUSES = frozenset({429, 502, 503, 504})
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""The exceptions of httpx that come before the first byte of a request."""
_PERHAPS_SENT = (
    httpx.NetworkError,
    httpx.TimeoutException,
    httpx.RemoteProtocolError,
    httpx.ProxyError,
)
_UNREADABLE = (httpx.DecodingError, httpx.TooManyRedirects)


class BodyTooLarge(Exception):
    """The answer is larger than any answer of the gateway."""


FAULTS = (httpx.HTTPError, TimeoutError, BodyTooLarge)
"""The exceptions of sending and reading that ``Exchange.lost`` handles."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A try without an answer. ``error`` is raised if it was the last try."""

    error: GatewayError
    never_sent: bool
    perhaps_sent: bool


class Exchange(Generic[T]):
    """One call in progress. A client loops: ``request``, send and read, ``pause_after``, sleep."""

    def __init__(
        self, call: Call[T], settings: Settings, assertion: Assertion | None = None
    ) -> None:
        self._call = call
        self._assertion = assertion
        self._settings = settings
        self._deadline = settings.clock() + max(settings.timeout, call.seconds)
        self._tries = 0
        self._body = bytearray()

    def remaining(self) -> float:
        """Seconds left for the whole call, never negative."""
        return max(0.0, self._deadline - self._settings.clock())

    def request(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """Build the request for the next try; the API key is added when it is sent."""
        remaining = self.remaining()
        self._body.clear()
        headers = {"Accept": "application/json, application/problem+json", **self._call.headers}
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
        """Add a part of the answer.

        httpx restarts its time-out with each part, so a slow answer would never end. Raises
        ``TimeoutError`` after the deadline, and ``BodyTooLarge`` beyond the size of real answers.
        """
        self._body += chunk
        if len(self._body) > LARGEST_BODY:
            raise BodyTooLarge
        if self.remaining() <= 0:
            raise TimeoutError

    def answer(self, response: httpx.Response) -> Answer:
        """Return the complete answer, after its last part was fed."""
        return Answer(response.status_code, response.headers, bytes(self._body))

    def lost(self, fault: Exception) -> Lost:
        """Classify a fault. The fault itself is dropped: it holds the request and its key."""
        target = self._call.target
        gateway, kind = f"gateway at {self._settings.base_url}", type(fault).__name__
        error: GatewayError
        if isinstance(fault, BodyTooLarge):
            error = UnexpectedAnswer(f"{target} answered with more than {LARGEST_BODY} bytes.")
        elif isinstance(fault, _UNREADABLE):
            error = UnexpectedAnswer(f"{target} got an unreadable answer: {kind}.")
        elif isinstance(fault, (httpx.TimeoutException, TimeoutError)):
            error = GatewayUnavailable(f"The {gateway} did not answer {target} in time.")
        elif isinstance(fault, httpx.ConnectError):
            error = unreachable(self._settings, fault)
        else:
            error = GatewayUnavailable(
                f"The connection to the {gateway} broke during {target}: {kind}."
            )
        never_sent = isinstance(fault, NEVER_SENT)
        return Lost(error, never_sent, perhaps_sent=isinstance(fault, _PERHAPS_SENT))

    def pause_after(self, outcome: Answer | Lost) -> float | None:
        """Return the seconds to wait before another try, or None if this outcome is final."""
        self._tries += 1
        if self._tries > self._settings.retries or not self._is_worth_a_retry(outcome):
            return None
        asked = (outcome.retry_after or 0.0) if isinstance(outcome, Answer) else 0.0
        # Never earlier than the server asks. Half of the back-off is random, so that many callers
        # do not return at the same moment.
        backoff = FIRST_PAUSE * 2.0 ** (self._tries - 1) * (0.5 + 0.5 * self._settings.jitter())
        pause = asked + backoff
        if asked > LONGEST_RETRY_AFTER or pause >= self.remaining():
            return None
        return pause

    def _is_worth_a_retry(self, outcome: Answer | Lost) -> bool:
        if isinstance(outcome, Answer):
            return self._call.repeatable and outcome.status in _RETRY_STATUSES
        return outcome.never_sent or (self._call.repeatable and outcome.perhaps_sent)

    def result(self, outcome: Answer | Lost) -> T:
        """Return the result of the last outcome, or raise its ``GatewayError``."""
        if isinstance(outcome, Lost):
            raise outcome.error
        return read_answer(self._call, outcome)


def unreachable(settings: Settings, fault: httpx.TransportError) -> GatewayUnavailable:
    """Return the error of a connection that could not be made."""
    # The text is useful (name not found, refused, certificate) and safe: the headers were not sent.
    return GatewayUnavailable(f"Cannot reach the gateway at {settings.base_url}: {fault}.")
