"""The settings of both clients, checked once. The API key never shows."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import NoReturn

import httpx

from gateway.client.errors import InvalidRequest
from gateway.client.token import MASK

Assertion = str | Callable[[], str]
"""A user assertion (a signed JWT), or a function that returns one; it is called for each try."""

# A request is lost if the server closes the connection meanwhile, and not every call may be
# repeated. So the client closes idle connections first: the gateway keeps them for 75 s, common
# load balancers for 60 s.
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=50.0)


class KeyAuth(httpx.Auth):
    """Add the API key to a request when it is sent, so that no other object holds it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header. Called by httpx for each request."""
        request.headers["Authorization"] = f"Bearer {self._key}"
        yield request

    def __repr__(self) -> str:
        return f"KeyAuth({MASK})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an API key cannot be pickled or copied")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Checked settings. ``timeout`` is in seconds and covers one call with all its retries.

    ``clock`` returns monotonic seconds, ``jitter`` a random number from 0 to 1.
    """

    base_url: str
    auth: KeyAuth
    timeout: float
    retries: int
    clock: Callable[[], float]
    jitter: Callable[[], float]


def read_settings(
    base_url: str | None,
    api_key: str | None,
    *,
    timeout: float,
    retries: int,
    clock: Callable[[], float],
    jitter: Callable[[], float],
) -> Settings:
    """Check the settings; ``GATEWAY_URL`` and ``GATEWAY_API_KEY`` replace None.

    Raises ``ValueError`` if a setting is missing or invalid. The text names it, not the key.
    """
    if not math.isfinite(timeout) or timeout <= 0:
        raise ValueError("timeout must be a number of seconds above 0")
    if retries < 0:
        raise ValueError("retries must be 0 or more")
    return Settings(
        base_url=_check_base_url(_given_or_env(base_url, "base_url", "GATEWAY_URL")),
        auth=KeyAuth(_check_key(_given_or_env(api_key, "api_key", "GATEWAY_API_KEY"))),
        timeout=timeout,
        retries=retries,
        clock=clock,
        jitter=jitter,
    )


def read_assertion(assertion: Assertion) -> str:
    """Return the JWT to send. Raises ``InvalidRequest``, without the text, if it is not a JWT."""
    text = assertion if isinstance(assertion, str) else assertion()
    # httpx would refuse other texts too, but its message quotes the header.
    if not isinstance(text, str) or not text or not all("!" <= letter <= "~" for letter in text):
        raise InvalidRequest("The user assertion is not a JWT.")
    return text


def _given_or_env(value: str | None, argument: str, variable: str) -> str:
    if value is None:
        value = os.environ.get(variable)
        if not value:
            raise ValueError(f"no {argument}: pass {argument}= or set {variable}")
    if not value:
        raise ValueError(f"{argument} is empty")
    return value


def _check_key(key: str) -> str:
    # httpx would refuse these keys too, but its message quotes the header.
    if not key.isascii():
        raise ValueError("the API key holds a character that is not ASCII: was it copied whole?")
    if not all("!" <= character <= "~" for character in key):
        raise ValueError(
            "the API key holds a space, a line break or another control character: "
            "was it read from a file that ends with a line break?"
        )
    return key


def _check_base_url(text: str) -> str:
    # The texts do not repeat the URL: it may contain a password by mistake.
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise ValueError("the base URL is not a URL") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("the base URL must start with http:// or https:// and name a host")
    if url.userinfo:
        raise ValueError("the base URL must not hold a user name or password")
    if "?" in text or "#" in text:
        raise ValueError("the base URL must not hold a query or a fragment")
    return str(url).rstrip("/")
