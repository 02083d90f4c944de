"""Crypt, seen from its own side."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from connectors.sandbox import IssuedTokens, RevokeRules, facts, rfc6749

SECRET = "sandbox-crypt+not-a-secret"  # of the simulated app


def check(params: Mapping[str, str]) -> str | None:
    """Refuse a request without the digest of the secret."""
    expected = hashlib.sha256(SECRET.encode()).hexdigest()
    return None if params.get("proof") == expected else "invalid_request"


def answer(issued: IssuedTokens) -> dict[str, Any]:
    """RFC 6749 5.1, which the answer to a code holds as a text."""
    said = {
        "access_token": issued.access_token,
        "refresh_token": issued.refresh_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(issued.scopes),
    }
    if issued.is_refresh:
        return said
    return {"payload": json.dumps(said)}


PROVIDER = rfc6749(
    "crypt",
    title="Crypt",
    authorize="crypt.example/authorize",
    token="crypt.example/token",
    revoke=RevokeRules(
        address="crypt.example/revoke", client_auth="post", params=frozenset({"proof"})
    ),
    client_auth="post",
    body_format="form",
    pkce="required",
    rotation="strict",
    expires_in=3600,
    exchange_params=("grant_type", "code", "redirect_uri", "proof"),
    refresh_params=("grant_type", "refresh_token", "proof"),
    check=check,
    token_answer=answer,
    scopes="read write",
    accounts={
        ("ana", "Ana"): {"id": "1", "name": "Ana"},
        ("ben", "Ben"): {"id": "2", "name": "Ben"},
    },
    api_base="crypt.example/api",
    api={"/me": facts("id", "name")},
)
