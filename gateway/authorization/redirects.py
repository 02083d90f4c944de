"""Redirect URIs: which ones a client may have, and when a given one is one of them.

They are compared as text. The one exception is the port of a loopback address, which an app on the
person's computer cannot choose beforehand (RFC 8252 7.3).
"""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.rfc7591.errors import InvalidRedirectURIError

MAX_URI = 1000
MAX_URIS = 20
_TEXT = re.compile(r"[!#-;=?-\[\]_a-z~]+")
"""Printable ASCII without space, quotes, angle brackets, backslash, caret, braces and bar."""
_LOOPBACK = re.compile(
    r"http://(?P<host>127\.0\.0\.1|\[::1\]|localhost)(?::[0-9]{1,5})?(?P<rest>[/?].*)?"
)
_APP_SCHEME = re.compile(r"[a-z][a-z0-9.+-]{1,40}")
_NEVER = frozenset(
    "about blob chrome content data file filesystem ftp ftps intent jar javascript mailto "
    "ms-settings resource search-ms sms ssh tel telnet vbscript view-source ws wss".split()
)
"""Schemes that run something, or lead to no app of the client."""
_ANSWERS = frozenset({"code", "state", "iss", "error", "error_description", "error_uri"})


class RedirectKind(StrEnum):
    """Where the answer goes: a web site, the person's own computer, or an app on it."""

    WEB = "web"
    LOOPBACK = "loopback"
    APP = "app"


def check_redirect_uri(uri: object) -> str:
    """Return ``uri`` if a client may have it; raise ``InvalidRedirectURIError``."""
    if not isinstance(uri, str) or len(uri) > MAX_URI or not _TEXT.fullmatch(uri):
        raise InvalidRedirectURIError("a redirect URI has characters that no URI has, or is long")
    try:
        parts = urlsplit(uri)
        port_is_wrong = parts.port == 0
    except ValueError:
        raise InvalidRedirectURIError("a redirect URI cannot be read") from None
    if "#" in uri or "@" in parts.netloc or "*" in parts.netloc or port_is_wrong:
        raise InvalidRedirectURIError("a redirect URI has a fragment, a user or a wildcard")
    if any(name in _ANSWERS for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        raise InvalidRedirectURIError("a redirect URI has a parameter of the answer")
    if not uri.startswith(parts.scheme):
        raise InvalidRedirectURIError("the scheme of a redirect URI must be in lower case")
    if parts.scheme == "https":
        fine = bool(parts.hostname) and "%" not in parts.netloc
    elif parts.scheme == "http":
        fine = _LOOPBACK.fullmatch(uri) is not None
    else:
        fine = (
            _APP_SCHEME.fullmatch(parts.scheme) is not None
            and parts.scheme not in _NEVER
            and ("." in parts.scheme or bool(parts.netloc))
        )
    if not fine:
        raise InvalidRedirectURIError(
            "a redirect URI must be https, http at a loopback address, or that of an app"
        )
    return uri


def is_one_of(given: str, registered: tuple[str, ...]) -> bool:
    """Whether a client with these ``registered`` redirect URIs may use ``given``."""
    if given in registered:
        return True
    here = _LOOPBACK.fullmatch(given)
    if here is None or not _TEXT.fullmatch(given):
        return False
    matches = (_LOOPBACK.fullmatch(each) for each in registered)
    return any(there is not None and there.groups() == here.groups() for there in matches)


def redirect_kind(uri: str) -> RedirectKind:
    """Return where the answer at a checked redirect URI goes."""
    if uri.startswith("https://"):
        return RedirectKind.WEB
    return RedirectKind.LOOPBACK if _LOOPBACK.fullmatch(uri) else RedirectKind.APP


def redirect_host(uri: str) -> str:
    """Return the host of a checked redirect URI for people, or the scheme of an app."""
    parts = urlsplit(uri)
    if redirect_kind(uri) is RedirectKind.APP:
        return f"{parts.scheme}:"
    host = parts.hostname or ""
    return f"{host}:{parts.port}" if parts.port not in {None, 443} else host
