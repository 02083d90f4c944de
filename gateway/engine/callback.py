"""The authorization response (RFC 6749 4.1.2), which the browser brings back.

It is read from the raw query string, because a framework's parsed view hides repeated parameters
(security A10).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType
from typing import Literal
from urllib.parse import parse_qsl

from connectors.config import ConnectorConfig
from connectors.context import CallbackContext
from connectors.errors import CallbackRefused
from connectors.secret import Secret
from gateway.engine.templates import render_url
from gateway.errors import CallbackInvalid, CallbackWithoutState, safe_code

MAX_PARAMETERS = 40
MAX_VALUE = 255
"""The most characters of a parameter that is kept."""
RefusalKind = Literal["declined", "approval", "refused"]
_FOR_PEOPLE = {"error_description", "error_uri"}
"""Parameters that decide nothing, so that an unreadable one refuses nothing (RFC 6749 4.1.2.1)."""
_DECLINED = re.compile(
    r"((access|user|consent|authori[sz]ation|login)[_-])?(denied|declined|reject(ed)?|cancell?ed)"
    r"([_-](authori[sz]e|login|consent|by_user))?",
    re.IGNORECASE,
)
_TOKENS = ("access_token", "id_token", "refresh_token")


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorizationResponse:
    """A well-formed callback; the flow's row decides whether it belongs to the browser.

    Exactly one of ``code`` and ``error`` is set. ``error`` is ``"unreadable"`` unless it is a plain
    word. ``description`` is for people, in the provider's words: it may be in any encoding, and is
    never shown.
    """

    state: str = field(repr=False)
    code: Secret | None
    error: str | None
    params: Mapping[str, str] = field(repr=False)
    description: str = field(default="", repr=False)


def read_callback(query: bytes, code_param: str = "code") -> AuthorizationResponse:
    """Read a raw query string, with the authorization code in ``code_param``.

    Raises:
        CallbackWithoutState: The browser does not come from a flow of the gateway.
        CallbackInvalid: Anything ambiguous.
    """
    try:
        every = parse_qsl(
            query.decode("ascii", "surrogateescape"),
            keep_blank_values=True,
            errors="surrogateescape",
            max_num_fields=MAX_PARAMETERS,
        )
        pairs = [pair for pair in every if pair[0] not in _FOR_PEOPLE]
        "".join(chain(*pairs)).encode()
    except ValueError:
        raise CallbackInvalid("the callback's query cannot be read") from None
    params = dict(pairs)
    if len(params) != len(pairs):
        raise CallbackInvalid("the callback repeats a parameter")
    if any(name in params for name in _TOKENS):
        raise CallbackInvalid("the callback's URL contains a token (only codes are accepted)")
    state, code, error = params.get("state"), params.get(code_param), params.get("error")
    if not state:
        raise CallbackWithoutState
    if (code is None) == (error is None):
        raise CallbackInvalid("the callback needs either a code or an error")
    if code == "":
        raise CallbackInvalid("the callback has an empty code")
    return AuthorizationResponse(
        state=state,
        code=Secret(code) if code else None,
        error=None if error is None else safe_code(error) or "unreadable",
        params=MappingProxyType(params),
        description=" ".join(value for name, value in every if name in _FOR_PEOPLE),
    )


def refusal_of(config: ConnectorConfig, response: AuthorizationResponse) -> RefusalKind:
    """Say who ended the flow: the person, an administrator's rule, or the provider.

    Providers have names of their own for a person's "no". Only a declared code means that an
    administrator has to approve, as the error or as a word of its description: descriptions mention
    administrators for other reasons, too.
    """
    error = response.error or ""
    codes = {code.lower() for code in config.approval_codes}
    if not codes.isdisjoint(
        {error.lower(), *re.findall(r"\w+(?:[.-]\w+)*", response.description.lower())}
    ):
        return "approval"
    return "declined" if _DECLINED.fullmatch(error) else "refused"


def check_issuer(
    config: ConnectorConfig, response: AuthorizationResponse, values: Mapping[str, str]
) -> str | None:
    """Return why the callback's ``iss`` is not the connector's issuer, or ``None`` (RFC 9207 2.4).

    The comparison is exact, for errors as well as codes. A connector without issuer compares
    nothing: a provider that begins to send ``iss`` must not stop people from connecting.
    """
    if config.issuer is None:
        return None
    issuer = response.params.get("iss")
    if issuer is None:
        return "it does not name its issuer" if config.issuer_required else None
    expected = render_url(config.issuer, config, values)
    return None if issuer == expected else "it comes from another issuer"


def callback_metadata(config: ConnectorConfig, response: AuthorizationResponse) -> dict[str, str]:
    """Return the parameters that the connector keeps, which a person can change.

    Raises ``CallbackInvalid`` if one is missing, too long or not printable.
    """
    found = {name: response.params.get(at, "") for name, at in config.callback_metadata.items()}
    for name, value in found.items():
        if not value.strip() or len(value) > MAX_VALUE or not value.isprintable():
            at = config.callback_metadata[name]
            raise CallbackInvalid(f'the callback has no usable "{at}"', connector=config.name)
    return found


def verify_callback(config: ConnectorConfig, context: CallbackContext) -> str | None:
    """Run the connector's own check, if it has one; return the problem, or ``None``."""
    if config.callback_verifier is None:
        return None
    try:
        config.callback_verifier(context)
    except CallbackRefused as refused:
        return str(refused)
    return None
