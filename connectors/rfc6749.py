"""Describe a provider that follows RFC 6749, by what it does beyond the standard.

What RFC 6749, 6750, 7009 and 7636 already say is filled in. Client authentication, body format,
PKCE and rotation have no default: the two sides of a connector must come to them by two readings.
Nothing here is taken from ``ConnectorConfig``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

from connectors.provider import (
    ApiAnswer,
    ApiCall,
    AuthorizeRules,
    FictionalAccount,
    GrantRules,
    Headers,
    IntrospectRules,
    IssuedTokens,
    LongLivedRules,
    Refusal,
    RefusedRequest,
    RevokeRules,
    SimulatedProvider,
    TokenRules,
    api_rules,
)
from connectors.provider_keys import KeyRules

Facts = Mapping[str, Any]
Params = Mapping[str, str]


def rfc6749(
    name: str,
    *,
    title: str,
    authorize: str,
    token: str,
    revoke: str | RevokeRules | None,
    client_auth: Literal["basic", "basic_raw", "post", "secret_key", "public"],
    body_format: Literal["form", "json"],
    pkce: Literal["required", "verified", "ignored", "refused"],
    rotation: Literal["none", "kept", "strict", "until_used", "replay", "never"],
    expires_in: int | Callable[[Params], int | None] | None,
    scopes: str,
    accounts: Mapping[tuple[str, str], Facts],
    api_base: str,
    api: Mapping[str, ApiAnswer],
    # The authorization request
    params: Collection[str] = (),
    required: Mapping[str, str | None] | None = None,
    scope_param: str = "scope",
    scope_separator: str = " ",
    account_choice: Params | None = None,
    issuer: str | None = None,
    issuer_advertised: bool = False,
    code_param: str = "code",
    callback: Params | None = None,
    names: Params | None = None,
    approval_codes: Collection[str] = (),
    # Token requests
    query: Params | None = None,
    refresh_query: Params | None = None,
    refresh: str | None = None,
    exchange_params: Collection[str] = ("grant_type", "code", "redirect_uri"),
    refresh_params: Collection[str] = ("grant_type", "refresh_token"),
    headers: Headers | None = None,
    code_seconds: int = 600,
    check: Callable[[Params], str | None] | None = None,
    # Issued tokens
    offline: str | Callable[[Params, bool], bool] = "",
    grace_seconds: int = 0,
    ends_access_token: bool = False,
    shared: bool = False,
    refresh_from_seconds: int | None = None,
    extends: Facts | None = None,
    long_lived: LongLivedRules | None = None,
    claims: Callable[[FictionalAccount], Facts] | None = None,
    answer: Facts | Callable[[IssuedTokens], Facts] | None = None,
    answer_without: Collection[str] = (),
    token_answer: Callable[[IssuedTokens], Facts] | None = None,
    # Refusals, callbacks and the API
    error_answer: Callable[[RefusedRequest], Refusal] | None = None,
    api_refusal: Refusal | None = None,
    sign_callback: Callable[..., dict[str, str]] | None = None,
    introspect: IntrospectRules | None = None,
    api_auth: tuple[str, str] = ("authorization", "Bearer "),
    api_headers: Headers | None = None,
    api_hosts: Collection[str] = (),
    several_accounts: bool = True,
    keys: KeyRules | None = None,
) -> SimulatedProvider:
    """Describe a provider; the arguments not listed here are the fields of the rules of that name.

    Args:
        name: The connector's name.
        title: The provider's name for people.
        authorize: Host and path of the authorization endpoint; ``token``, ``refresh`` alike.
        revoke: Host and path of an RFC 7009 endpoint, where the client authenticates as at the
            token endpoint; ``RevokeRules`` for another kind; ``None`` without revocation.
        scopes: All known scopes, separated by spaces. Empty: the provider has none, and no
            parameter for them.
        accounts: Key and label of each fictional account, and the facts the provider knows.
        api_base: Host and path before every API call.
        api: The answer at each address: a path below ``api_base`` or host and path; a method
            other than GET stands in front.
        required: Required parameters; only ``response_type=code`` without this argument.
        exchange_params: All parameters but the verifier, which follows from ``pkce``.
        headers: Required headers of every endpoint but the authorization page.
        offline: The scope without which there is no refresh token, or a rule.
        answer: Members of a token answer on top of those of RFC 6749 5.1, or in their place.
        answer_without: Members of RFC 6749 5.1 that are not sent.
        token_answer: The whole token answer, in place of ``answer``.
        error_answer: Refusals by all endpoints, in place of those of RFC 6749 5.2.
        api_refusal: The API's answer to an access token that it does not take.
        api_headers: Further headers of the API alone.
        api_hosts: Where the token may go, if not only to the hosts of ``api``.
    """
    verifier = {"required": {"code_verifier"}, "refused": set[str]()}.get(pkce, {"code_verifier?"})
    if pkce == "ignored" and rotation == "never":
        verifier = set()  # it is taken without being listed, and no refresh can refuse it
    headers = headers or {}
    required = {"response_type": "code"} if required is None else required
    rules = tuple(api_rules(api, api_base, {**headers, **(api_headers or {})}))
    if isinstance(revoke, str):
        revoke = RevokeRules(
            address=revoke, client_auth=client_auth, body_format="form", required_headers=headers
        )
    return SimulatedProvider(
        name=name,
        display_name=title,
        client_id=f"sandbox-{name}-client",
        client_secret="" if client_auth == "public" else f"sandbox-{name}+not-a-secret",
        accounts=tuple(
            FictionalAccount(key=key, label=label, facts=facts)
            for (key, label), facts in accounts.items()
        ),
        several_accounts=several_accounts,
        authorize=AuthorizeRules(
            address=authorize,
            params=frozenset(params),
            required=required,
            scope_param=scope_param,
            known_scopes=frozenset(scopes.split()),
            scope_separator=scope_separator if scopes else None,
            pkce=pkce,
            account_choice=account_choice or {},
            issuer=issuer,
            issuer_advertised=issuer_advertised,
            code_param=code_param,
            callback=callback or {},
            names=names or {},
            approval_codes=frozenset(approval_codes),
        ),
        token=TokenRules(
            address=token,
            refresh_address=refresh,
            client_auth=client_auth,
            body_format=body_format,
            exchange_params=frozenset(exchange_params) | verifier,
            refresh_params=frozenset(
                () if rotation == "never" or long_lived is not None else refresh_params
            ),
            required_headers=headers,
            code_seconds=code_seconds,
            check=check,
            query=query or {},
            refresh_query=refresh_query or {},
            names=names or {},
        ),
        grant=GrantRules(
            access_token_prefix=f"sandbox-{name}-access-",
            refresh_token_prefix=f"sandbox-{name}-refresh-",
            expires=expires_in if callable(expires_in) else _always(expires_in),
            offline=_offline(offline, scope_separator, is_long_lived=long_lived is not None),
            rotation=rotation,
            grace_seconds=grace_seconds,
            ends_access_token=ends_access_token,
            shared=shared,
            refresh_from_seconds=refresh_from_seconds,
            extends=extends,
            claims=claims,
        ),
        revoke=revoke,
        long_lived=long_lived,
        introspect=introspect,
        api=rules,
        api_base=api_base,
        api_auth=api_auth,
        api_hosts=frozenset(api_hosts or {each.address.partition("/")[0] for each in rules}),
        token_answer=token_answer or _token_answer(rotation, answer or {}, answer_without),
        error_answer=_error_answer(error_answer, api_refusal),
        sign_callback=sign_callback,
        keys=keys,
    )


def facts(*names: str, **by_scope: str) -> Callable[[ApiCall], dict[str, Any]]:
    """Answer an API call with facts of the account: ``names`` always, others only with a scope.

    ``by_scope`` maps a fact to the scopes that show it, separated by spaces.
    """

    def answer(call: ApiCall) -> dict[str, Any]:
        granted = [name for name, any_of in by_scope.items() if {*any_of.split()} & {*call.scopes}]
        return {name: call.account.facts[name] for name in (*names, *granted)}

    return answer


def needs(scope: str, refusal: Refusal, answer: ApiAnswer) -> ApiAnswer:
    """Answer an API call with ``answer`` if the scope was granted, and with ``refusal`` if not."""
    return lambda call: answer(call) if scope in call.scopes else refusal


def unsigned_jwt(claims: Mapping[str, Any], signature: str = "not-a-signature") -> str:
    """Write a JWT with these claims, whose signature nobody can check."""
    parts = (json.dumps({"typ": "JWT", "alg": "RS256"}), json.dumps(claims), signature)
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


def _always(seconds: int | None) -> Callable[[Params], int | None]:
    return lambda params: seconds


def _offline(
    wanted: str | Callable[[Params, bool], bool], separator: str, *, is_long_lived: bool
) -> Callable[[Params, bool], bool]:
    """Issue a refresh token to everybody, only with a scope, or to nobody."""
    if callable(wanted):
        return wanted

    def offline(params: Params, consented_before: bool) -> bool:
        return not is_long_lived and (
            not wanted or wanted in params.get("scope", "").split(separator)
        )

    return offline


def _token_answer(
    rotation: str, more: Facts | Callable[[IssuedTokens], Facts], without: Collection[str]
) -> Callable[[IssuedTokens], Facts]:
    """RFC 6749 5.1, with the provider's own members."""

    def answer(issued: IssuedTokens) -> Facts:
        renewed = issued.is_refresh and rotation == "none"
        standard = {
            "access_token": issued.access_token,
            "token_type": "Bearer",
            "expires_in": issued.expires_in,
            "refresh_token": None if renewed else issued.refresh_token,
            "scope": " ".join(issued.scopes) or None,
        }
        sent = {k: v for k, v in standard.items() if v is not None and k not in without}
        return {**sent, **(more(issued) if callable(more) else more)}

    return answer


def _error_answer(
    own: Callable[[RefusedRequest], Refusal] | None, at_the_api: Refusal | None
) -> Callable[[RefusedRequest], Refusal] | None:
    if own is None and at_the_api is None:
        return None

    def answer(refused: RefusedRequest) -> Refusal:
        if refused.endpoint == "api" and at_the_api is not None:
            return at_the_api
        return own(refused) if own is not None else refused.standard

    return answer
