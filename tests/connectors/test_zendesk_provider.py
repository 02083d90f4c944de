"""Zendesk's contract, by developer.zendesk.com: grant_type_tokens, users."""

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, Person, documented

ME = "acme.zendesk.com/api/v2/users/me.json"
TOKEN = {
    "token_type": "bearer",
    "scope": "read",
    "expires_in": 1800,
    "refresh_token_expires_in": 2592000,
}
ANA = {"id": 361200000001, "name": "Ana Diaz", "role": "agent"}


class TestZendesk(ConnectorContract):
    connector = "zendesk"
    scopes = ("read",)
    people = (
        Person(account="361200000001", typed={"subdomain": "acme"}),
        Person(account="361200000001", typed={"subdomain": "https://Globex.zendesk.com/"}),
    )
    accepted_inputs = {
        "subdomain": dict.fromkeys(("acme", " ACME ", "https://acme.zendesk.com/"), "acme")
        | {"acme-2": "acme-2"}
    }
    refused_inputs = {
        "subdomain": (
            *("", "a" * 64, "-acme", "acme.example.com", "acme.zendesk.com.evil.example"),
            *("a b", "acme/agent", "acme@evil.example", "http://acme.zendesk.com"),
        )
    }
    exchange = documented({**TOKEN, "access_token": "zFAKE", "refresh_token": "zrFAKE"})
    refresh = documented({**TOKEN, "access_token": "zNEW", "refresh_token": "zrNEW"})
    accounts = {
        ("acme:361200000001", "ana@acme.example"): {
            ME: {"user": ANA | {"email": "ana@acme.example"}}
        },
        ("acme:361200000001", "Ana Diaz"): {ME: {"user": ANA}},
    }
    refusals = (
        ErrorSample(400, {"error": "invalid_grant", "error_description": "…"}, TokenRejected),
        ErrorSample(
            401, {"error": "invalid_client", "error_description": "…"}, ProviderMisconfigured
        ),
    )
