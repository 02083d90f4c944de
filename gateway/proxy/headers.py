"""The header fields that pass the proxy, each way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

Header = tuple[bytes, bytes]
"""Name, in lower case, and value."""

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"http2-settings",
    }
)
"""RFC 9110 7.6.1. All of ``Proxy-*`` is one, too."""

_NOT_SENT = _HOP_BY_HOP | {
    b"accept-encoding",  # identity is asked for
    b"authorization",  # the caller's own credential
    b"baggage",  # of a trace, which is nobody's business outside
    b"content-length",  # the sender frames the body
    b"cookie",
    b"expect",
    b"forwarded",
    b"host",
    b"via",
    b"x-real-ip",
    b"x-user-assertion",
}
_TRACE = frozenset({b"traceparent", b"tracestate"})
_TRACE_PASSES = (b"gateway-trace", b"true")
_FORWARDING = (b"proxy-", b"gateway-", b"x-forwarded-")

_NOT_ANSWERED = _HOP_BY_HOP | {
    b"alt-svc",  # it leads past the gateway
    b"clear-site-data",
    b"date",  # the server has its own
    b"public-key-pins",
    b"set-cookie",
    b"set-cookie2",
    b"strict-transport-security",
}
_ADDRESSES = frozenset({b"location", b"content-location", b"refresh"})
_URL_OF_REFRESH = re.compile(rb"[^;,]*[;,]\s*url\s*=\s*['\"]?([^'\"]*)['\"]?\s*", re.IGNORECASE)
_ORIGIN = re.compile(rb"(https?)://([^/?#\\@]+)(?:[/?#].*)?", re.IGNORECASE | re.DOTALL)


def sent(given: Iterable[Header]) -> list[Header]:
    """Return the fields of a caller's request that reach the provider.

    Its trace does if the caller says so with ``Gateway-Trace: true``.
    """
    headers = list(given)
    dropped = _NOT_SENT if _TRACE_PASSES in headers else _NOT_SENT | _TRACE
    return list(_passing(headers, dropped, _FORWARDING))


def answered(given: Iterable[Header], *, is_allowed: Callable[[str], bool]) -> list[Header]:
    """Return the fields of a provider's answer that reach the caller.

    ``is_allowed`` says whether an address with this origin (``https://host``) may be named.
    """
    headers = [(name.lower(), value) for name, value in given]
    return [
        (name, value)
        for name, value in _passing(headers, _NOT_ANSWERED, (b"proxy-", b"gateway-"))
        if name not in _ADDRESSES or _leads_to_allowed(name, value, is_allowed)
    ]


def _passing(
    headers: list[Header], dropped: frozenset[bytes], prefixes: tuple[bytes, ...]
) -> Iterator[Header]:
    named = {
        option.strip().lower()
        for name, value in headers
        if name == b"connection"
        for option in value.split(b",")
    }
    for name, value in headers:
        # Some servers read "X_Forwarded_For" as "X-Forwarded-For".
        plain = name.replace(b"_", b"-") if b"_" in name else name
        if plain not in dropped and plain not in named and not plain.startswith(prefixes):
            yield name, value


def _leads_to_allowed(name: bytes, value: bytes, is_allowed: Callable[[str], bool]) -> bool:
    """Whether an address is below an allowed origin, or is plainly a path of the same."""
    if name == b"refresh":
        match = _URL_OF_REFRESH.fullmatch(value)
        if match is None:
            return b"=" not in value
        value = match[1]
    value = value.strip()
    if match := _ORIGIN.fullmatch(value):
        return is_allowed(f"{match[1].decode().lower()}://{match[2].decode('latin-1').lower()}")
    is_path = not re.match(rb"[/\\]{2}|[^/?#]*:", value)
    return is_path and b"\\" not in value
