"""Authentication of the app by its credentials, and of the holder of an access token."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.provider import FictionalAccount, SimulatedProvider
from gateway.sandbox.ledger import AccessToken, Grant, Ledger
from gateway.sandbox.wire import Incoming, Refused, basic_credentials, tenant_in

_CREDENTIALS = ("client_id", "client_secret")


def authenticate_client(
    rules: SimulatedProvider,
    incoming: Incoming,
    params: dict[str, str],
    method: str,
    listed: frozenset[str] = frozenset(),
) -> dict[str, str]:
    """Return ``params`` without credentials; raises ``Refused`` unless they came as ``method``.

    ``listed`` are parameters that the endpoint knows. Credentials among them stay parameters,
    except where the body is the place for credentials; their values must be the app's own.
    """
    own = dict(zip(_CREDENTIALS, (rules.client_id, rules.client_secret), strict=True))
    for name in own.keys() & params.keys() & {name.removesuffix("?") for name in listed}:
        if params[name] != own[name]:
            raise Refused("invalid_client", "client", f"{name} is not the app's own", 401)
    header = incoming.headers.get("authorization")
    if method in {"post", "public"}:
        if header is not None:
            raise _twice_or_needless("credentials belong into the body alone")
        if method == "public":
            own = {"client_id": rules.client_id}
        if {name: params.get(name) for name in own} != own:
            raise _wrong(method)
        return {name: value for name, value in params.items() if name not in own}
    posted = [name for name in own if name in params and not _is_listed(name, listed)]
    if method in {"secret_key", "client_secret"}:
        # Posted credentials count as unknown parameters here: the check of the names refuses them.
        is_right = header == f"Client {rules.client_secret}"
        if method == "secret_key":
            is_right = header is not None and header in _secret_key_headers(rules, header)
        if not is_right:
            raise _wrong(method)
        return params
    if method == "none":
        if header is not None or posted:
            raise _twice_or_needless("this endpoint takes no client credentials")
        return params
    basic = basic_credentials(header or "", raw=method == "basic_raw")
    if basic is not None and posted:
        raise _twice_or_needless("credentials came in the header and in the body")
    if basic != (rules.client_id, rules.client_secret):
        raise _wrong(method)
    return params


def app_of(
    rules: SimulatedProvider, ledger: Ledger, incoming: Incoming, params: Mapping[str, str]
) -> SimulatedProvider:
    """The provider with the credentials of the app that a request names."""
    header = incoming.headers.get("authorization", "")
    pair = basic_credentials(header) or ()
    return ledger.seen_by(
        rules, (params.get("client_id"), header.removeprefix("Bearer "), *filter(None, pair))
    )


def authenticate_bearer(
    rules: SimulatedProvider, ledger: Ledger, incoming: Incoming, pattern: str
) -> tuple[Grant, AccessToken]:
    """The grant and the access token in the API's header; raises ``Refused``.

    ``pattern`` is the requested address: a token is bound to its tenant, if it has one.
    """
    name, prefix = rules.api_auth
    value = incoming.headers.get(name, "")
    given = value.removeprefix(prefix)
    if prefix == "Basic ":
        given, password = basic_credentials(value) or ("", "")
        given = "" if password else given  # the token is the user
    token = ledger.access_tokens.get(given)
    if not value.startswith(prefix) or token is None:
        raise Refused("invalid_token", "token", "no such access token", 401)
    grant = ledger.grants[token.grant]
    if grant.provider != rules.name or not ledger.is_living(token):
        raise Refused("invalid_token", "token", "the access token is expired or revoked", 401)
    if grant.tenant and tenant_in(pattern, incoming.address) not in {None, grant.tenant}:
        raise Refused("invalid_token", "token", "the access token is for another host", 401)
    return grant, token


def account_of(rules: SimulatedProvider, key: str) -> FictionalAccount:
    """The account with this key; raises ``Refused``."""
    for account in rules.accounts:
        if account.key == key:
            return account
    raise Refused("invalid_request", "parameters", "no such account")


def _is_listed(name: str, listed: frozenset[str]) -> bool:
    return name in listed or f"{name}?" in listed


def _secret_key_headers(rules: SimulatedProvider, header: str) -> set[str]:
    # An empty password: exactly "secret:" and not the secret alone, which Basic does not know.
    is_user = basic_credentials(header) == (rules.client_secret, "")
    return {f"Bearer {rules.client_secret}"} | ({header} if is_user else set())


def _wrong(method: str) -> Refused:
    return Refused("invalid_client", "client", f"send the right credentials by {method}", 401)


def _twice_or_needless(description: str) -> Refused:
    return Refused("invalid_request", "client", description)
