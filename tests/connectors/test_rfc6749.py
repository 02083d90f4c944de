"""The builder of providers that follow RFC 6749: what must be said, and what is filled in."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.errors import ConfigError
from connectors.provider import ApiCall, IssuedTokens, Refusal, RefusedRequest, SimulatedProvider
from connectors.rfc6749 import facts, needs, rfc6749

PLAIN: dict[str, Any] = {
    "title": "Plain",
    "authorize": "plain.example/authorize",
    "token": "plain.example/token",
    "revoke": "plain.example/revoke",
    "client_auth": "basic",
    "body_format": "json",
    "pkce": "required",
    "rotation": "strict",
    "expires_in": 60,
    "scopes": "read write",
    "accounts": {("ana", "Ana"): {"id": 1, "email": "ana@example.com"}},
    "api_base": "api.plain.example/v1",
    "api": {"/me": facts("id", email="write"), "POST plain.example/rpc": facts("id")},
}


def plain(**changes: Any) -> SimulatedProvider:
    return rfc6749("plain", **PLAIN | changes)


def answer(provider: SimulatedProvider, *, is_refresh: bool = False) -> dict[str, Any]:
    issued = IssuedTokens(
        access_token="a",
        refresh_token="r",
        expires_in=60,
        scopes=("read", "write"),
        account=provider.accounts[0],
        tenant="",
        params={},
        is_refresh=is_refresh,
        issued_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return dict(provider.token_answer(issued))


def refused(provider: SimulatedProvider, endpoint: Any) -> Refusal:
    assert provider.error_answer is not None
    request = RefusedRequest(
        endpoint=endpoint, error="invalid_grant", reason="token", description="no", status=400
    )
    return provider.error_answer(request)


@pytest.mark.parametrize("name", ["client_auth", "body_format", "pkce", "rotation", "expires_in"])
def test_the_readings_of_a_provider_have_no_default(name: str) -> None:
    assert inspect.signature(rfc6749).parameters[name].default is inspect.Parameter.empty


@pytest.mark.parametrize(
    ("pkce", "verifier"),
    [
        ("required", {"code_verifier"}),
        ("verified", {"code_verifier?"}),
        ("ignored", {"code_verifier?"}),
        ("refused", set()),
    ],
)
def test_the_parameters_of_token_requests_follow_from_pkce(pkce: str, verifier: set[str]) -> None:
    token = plain(pkce=pkce).token
    assert token.exchange_params == {"grant_type", "code", "redirect_uri"} | verifier
    assert token.refresh_params == {"grant_type", "refresh_token"}


def test_a_provider_without_refresh_tokens_takes_no_parameters_for_them() -> None:
    assert plain(rotation="never").token.refresh_params == frozenset()


def test_the_client_authenticates_at_an_rfc_7009_endpoint_as_at_the_token_endpoint() -> None:
    revoke = plain().revoke
    assert revoke is not None
    assert (revoke.client_auth, revoke.body_format) == ("basic", "form")
    assert plain(revoke=None).revoke is None


def test_a_token_answer_is_that_of_rfc_6749_with_the_providers_members() -> None:
    standard = {
        "access_token": "a",
        "token_type": "Bearer",
        "expires_in": 60,
        "refresh_token": "r",
        "scope": "read write",
    }
    assert answer(plain()) == standard
    assert answer(plain(answer={"token_type": "bearer", "team": 1})) == standard | {
        "token_type": "bearer",
        "team": 1,
    }
    assert "scope" not in answer(plain(answer_without={"scope"}))
    assert "refresh_token" not in answer(plain(rotation="none"), is_refresh=True)


def test_a_refresh_token_may_need_a_scope() -> None:
    offline = plain(offline="write").grant.offline
    assert offline({"scope": "read write"}, False)
    assert not offline({"scope": "read"}, False)
    assert plain().grant.offline({}, False)


def test_the_api_stands_below_its_base_or_at_its_own_address() -> None:
    provider = plain()
    assert [(rules.method, rules.address) for rules in provider.api] == [
        ("GET", "api.plain.example/v1/me"),
        ("POST", "plain.example/rpc"),
    ]
    assert provider.api_hosts == {"api.plain.example", "plain.example"}


def test_refusals_of_the_api_and_of_the_other_endpoints_have_their_own_shapes() -> None:
    at_the_api = Refusal(401, {"message": "no"})
    assert plain().error_answer is None
    one_shape = plain(api_refusal=at_the_api)
    assert refused(one_shape, "api") is at_the_api
    assert refused(one_shape, "token").body["error"] == "invalid_grant"
    own = Refusal(400, {"code": 1})
    assert refused(plain(error_answer=lambda request: own), "token") is own


def test_facts_are_shown_with_their_scope_and_calls_are_refused_without_it() -> None:
    provider, refusal = plain(), Refusal(403, {})
    for scopes, shown in (
        (("read",), {"id": 1}),
        (("write",), {"id": 1, "email": "ana@example.com"}),
    ):
        call = ApiCall(account=provider.accounts[0], tenant="", scopes=scopes)
        assert provider.api[0].answer(call) == shown
        assert needs("read", refusal, facts("id"))(call) == (
            {"id": 1} if "read" in scopes else refusal
        )


def test_a_method_that_does_not_exist_is_named() -> None:
    with pytest.raises(ConfigError, match=r"api\[0\].method is not one of GET, POST"):
        plain(api={"PATCH /me": facts("id")})
