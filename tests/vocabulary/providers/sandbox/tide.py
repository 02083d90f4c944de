"""Tide, seen from its own side."""

from collections.abc import Mapping

from connectors.sandbox import facts, rfc6749

STORE = "stores/Blue7"


def _check(params: Mapping[str, str]) -> str | None:
    return None if params.get("context", STORE) == STORE else "invalid_request"


PROVIDER = rfc6749(
    "tide",
    title="Tide",
    authorize="auth.tide.example/authorize",
    token="auth.tide.example/token",
    revoke="auth.tide.example/revoke",
    required={"response_type": "code", "context": STORE},
    exchange_params=("grant_type", "code", "redirect_uri", "context"),
    check=_check,
    headers={"tide_store.id": frozenset({"Blue7"})},
    api_base="api.tide.example",
    client_auth="post",
    body_format="form",
    pkce="required",
    rotation="strict",
    expires_in=3600,
    scopes="read",
    accounts={("ana", "Ana"): {"id": "1", "name": "Ana"}},
    api={"/me": facts("id", "name")},
)
