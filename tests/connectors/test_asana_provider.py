"""Asana's contract, by developers.asana.com/docs/oauth and Asana's OpenAPI document."""

from typing import Any

from gateway.errors import TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, ToolContract, documented

ANA: dict[str, Any] = {"gid": "1209", "name": "Ana Diaz", "email": "ana@acme.example"}
TOKENS = {"access_token": "at_FAKE", "token_type": "bearer", "expires_in": 3600, "data": ANA}


def told(**changes: Any) -> AccountSample:
    """The account in the token answer, with changes."""
    return AccountSample(token_answer=TOKENS | {"data": ANA | changes})


class TestAsana(ConnectorContract):
    connector = "asana"
    scopes = ("projects:read", "tasks:read", "users:read")
    exchange = documented({**TOKENS, "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW"})
    accounts = {
        ("1209", "ana@acme.example"): told(),
        ("1209", "Ana Diaz"): told(email=None),
        ("1209", "1209"): told(email=None, name=None),
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)


class TestAsanaTools(ToolContract):
    connector = "asana"
