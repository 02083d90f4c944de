"""The authorization response (RFC 6749 4.1.2): what came back with the browser.

Read from the raw query string, because a framework's parsed view hides what matters here: which
parameters came twice (security A10).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qsl

from connectors.config import ConnectorConfig
from connectors.context import CallbackContext
from connectors.errors import CallbackRefused
from connectors.secret import Secret
from gateway.errors import CallbackInvalid, safe_code

MAX_PARAMETERS = 40
_TOKENS = ("access_token", "id_token", "refresh_token")


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorizationResponse:
    """A callback that is well-formed; whose it is, the flow's row decides.

    Exactly one of ``code`` and ``error`` is set. ``error`` is ``"unreadable"`` if it is no plain word.
    """

    state: str = field(repr=False)
    code: Secret | None
    error: str | None
    params: Mapping[str, str] = field(repr=False)


def read_callback(query: bytes) -> AuthorizationResponse:
    """The response in a raw query string; raises ``CallbackInvalid`` for anything ambiguous."""
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError:
        raise CallbackInvalid("the callback's query cannot be read") from None
    params = dict(pairs)
    if len(params) != len(pairs):
        raise CallbackInvalid("a parameter of the callback came twice")
    if any(name in params for name in _TOKENS):
        raise CallbackInvalid("a token came in the callback's address (only codes are accepted)")
    state, code, error = params.get("state"), params.get("code"), params.get("error")
    if not state:
        raise CallbackInvalid("the callback has no state")
    if (code is None) == (error is None):
        raise CallbackInvalid("the callback needs either a code or an error")
    if code == "":
        raise CallbackInvalid("the callback has an empty code")
    return AuthorizationResponse(
        state=state,
        code=Secret(code) if code else None,
        error=None if error is None else safe_code(error) or "unreadable",
        params=MappingProxyType(params),
    )


def check_issuer(config: ConnectorConfig, response: AuthorizationResponse) -> str | None:
    """Compare the callback's ``iss`` with the connector's issuer (RFC 9207 2.4): ``None``, or the problem.

    Letter by letter, for refusals as well as codes. Where the connector names no issuer there is
    nothing to compare: a provider that begins to send one must not stop people from connecting.
    """
    if config.issuer is None:
        return None
    issuer = response.params.get("iss")
    if issuer is None:
        return "it does not name its issuer" if config.issuer_required else None
    return None if issuer == config.issuer else "it comes from another issuer"


def verify_callback(config: ConnectorConfig, context: CallbackContext) -> str | None:
    """Run the connector's own check, if it has one: ``None``, or what it found wrong."""
    if config.callback_verifier is None:
        return None
    try:
        config.callback_verifier(context)
    except CallbackRefused as refused:
        return str(refused)
    return None
