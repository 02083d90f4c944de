"""An authorization request (RFC 6749 4.1.1, 7636, 8707), read and judged without I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749.errors import (
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    UnsupportedResponseTypeError,
)
from authlib.oauth2.rfc7636.challenge import CODE_CHALLENGE_PATTERN

from gateway.authorization.clients import Client
from gateway.authorization.errors import InvalidTargetError, UnknownClientError
from gateway.authorization.redirects import is_one_of
from gateway.authorization.scopes import known_scopes
from gateway.encoding import base64url, from_base64url

MAX_QUERY = 6000
MAX_STATE = 2000
_CHALLENGE_LENGTH = 43
"""Of an S256 challenge: 32 bytes in base64url."""

Parameters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorizationRequest:
    """The access that a client asks a person for, and the redirect URI of the answer.

    ``redirect_was_given``: the token request must then repeat the redirect URI (RFC 6749 4.1.3).
    """

    client: Client
    redirect_uri: str
    redirect_was_given: bool
    scopes: tuple[str, ...]
    resource: str
    challenge: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientRedirect:
    """Where an answer goes: to a client that is known, at an address that is its own."""

    client: Client
    redirect_uri: str
    redirect_was_given: bool
    state: str | None = field(repr=False)
    issuer: str

    def url(self, answer: Mapping[str, str]) -> str:
        """Return the redirect with ``answer``, the state, and the issuer (RFC 9207)."""
        added = {**answer, "iss": self.issuer}
        if self.state is not None:
            added["state"] = self.state
        return str(add_params_to_uri(self.redirect_uri, added))

    def error_url(self, error: OAuth2Error) -> str:
        """Return the redirect with an error (RFC 6749 4.1.2.1)."""
        said = {"error": str(error.error)}
        if error.description:
            said["error_description"] = str(error.description)
        return self.url(said)


def read_parameters(query: str) -> Parameters:
    """Return the parameters of a query; raise ``UnknownClientError`` if it cannot be read."""
    if len(query) > MAX_QUERY:
        raise UnknownClientError("the request is too long")
    try:
        return parse_qs(query, keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError:
        raise UnknownClientError("the request cannot be read") from None


def pack(query: str) -> str:
    """Return a query as letters that a page of ours may have as a parameter."""
    return base64url(query.encode())


def unpack(packed: str) -> str:
    """Return the query in ``packed``; raise ``UnknownClientError`` unless ``pack`` made it."""
    try:
        return from_base64url(packed).decode()
    except ValueError:
        raise UnknownClientError("the request cannot be read") from None


def client_id_of(given: Parameters) -> str:
    """Return the one client id; raise ``UnknownClientError``."""
    ids = given.get("client_id", ())
    if len(ids) != 1 or not ids[0]:
        raise UnknownClientError("the request must name one client")
    return ids[0]


def client_redirect(given: Parameters, client: Client, issuer: str) -> ClientRedirect:
    """Return the client's redirect; raise ``UnknownClientError`` if the URI is not its own.

    The state is passed through as it came; a long one, or one that came twice, is left out.
    """
    uris = given.get("redirect_uri", ())
    if len(uris) > 1:
        raise UnknownClientError("the request has two redirect URIs")
    if not uris and len(client.redirect_uris) > 1:
        raise UnknownClientError("the request must name a redirect URI")
    uri = uris[0] if uris else client.redirect_uris[0]
    if not is_one_of(uri, client.redirect_uris):
        raise UnknownClientError("the app wants the answer at an address that is not its own")
    states = given.get("state", ())
    state = states[0] if len(states) == 1 and len(states[0]) <= MAX_STATE else None
    return ClientRedirect(
        client=client, redirect_uri=uri, redirect_was_given=bool(uris), state=state, issuer=issuer
    )


def judge(given: Parameters, answer: ClientRedirect, resource: str) -> AuthorizationRequest:
    """Return the request; raise an ``OAuth2Error`` that the client may be told."""
    for name, values in given.items():
        if len(values) > 1 and name != "resource":
            raise InvalidRequestError("a parameter came twice")
    one = {name: values[0] for name, values in given.items()}
    if len(one.get("state", "")) > MAX_STATE:
        raise InvalidRequestError("the state is too long")
    if "request" in one or "request_uri" in one:
        raise InvalidRequestError("request objects are not supported")
    if one.get("response_type") != "code":
        raise UnsupportedResponseTypeError(one.get("response_type", ""))
    if one.get("response_mode", "query") != "query":
        raise InvalidRequestError("the response_mode must be query")
    challenge = one.get("code_challenge", "")
    if one.get("code_challenge_method") != "S256":
        raise InvalidRequestError("the code_challenge_method must be S256")
    if len(challenge) != _CHALLENGE_LENGTH or not CODE_CHALLENGE_PATTERN.fullmatch(challenge):
        raise InvalidRequestError("the code_challenge must be that of S256")
    scopes = known_scopes(one.get("scope"))
    if not scopes:
        raise InvalidScopeError("none of these scopes is known")
    check_resource(given.get("resource", ()), resource)
    return AuthorizationRequest(
        client=answer.client,
        redirect_uri=answer.redirect_uri,
        redirect_was_given=answer.redirect_was_given,
        scopes=scopes,
        resource=resource,
        challenge=challenge,
    )


def check_resource(given: Sequence[str], resource: str) -> None:
    """Raise ``InvalidTargetError`` unless every given resource is ours (RFC 8707).

    Without one it is ours, the only one. Some clients write a slash at its end.
    """
    if any(each.removesuffix("/") != resource for each in given):
        raise InvalidTargetError("there is no such resource here")
