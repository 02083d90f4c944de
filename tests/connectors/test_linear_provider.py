"""Linear's contract, by linear.app/developers/oauth-2-0-authentication."""

from gateway.errors import UnreadableResponse
from gateway.testing import (
    AccountSample,
    ConnectorContract,
    ErrorSample,
    KeyContract,
    Probe,
    documented,
)

GRAPHQL = "api.linear.app/graphql"
TOKENS = {
    "access_token": "lin_oauth_FAKE",
    "token_type": "Bearer",
    "expires_in": 86399,
    "scope": "read write",
    "refresh_token": "lin_rt_FAKE",
}
ANA = {"id": "9c2b", "name": "Ana", "email": "ana@acme.com"}
ACME = {"id": "1f0e", "name": "Acme", "urlKey": "acme"}


def told(viewer: object, organization: object, **metadata: str) -> AccountSample:
    data = {"viewer": viewer, "organization": organization}
    return AccountSample({GRAPHQL: {"data": data}}, metadata)


class TestLinear(ConnectorContract):
    connector = "linear"
    scopes = ("read", "issues:create")
    probe = Probe("/graphql", "POST", {"query": "{ viewer { id } organization { id } }"})
    exchange = documented(TOKENS)
    # As apps from before December 2023 get it.
    refresh = documented(TOKENS | {"scope": ["read", "write"]}, scopes=("read", "write"))
    accounts = {
        ("1f0e:9c2b", "Acme"): told(ANA, ACME, organization_url_key="acme", email="ana@acme.com"),
        ("1f0e:9c2b", "Ana"): told({"id": "9c2b", "name": "Ana"}, {"id": "1f0e", "name": ""}),
    }
    refusals = (ErrorSample(400, {"errors": [{"message": "…"}]}, UnreadableResponse),)


class TestLinearKey(KeyContract):
    connector = "linear"
    account = ("1f0e0000-0000-4000-8000-000000000001:9c2b0000-0000-4000-8000-000000000001", "Acme")
    probe = TestLinear.probe
    refusals = (
        (200, {"errors": [{"extensions": {"code": "AUTHENTICATION_ERROR"}}]}),
        (401, {"errors": [{"message": "Not authenticated"}]}),
    )
    # An OAuth token, and a key that is cut off.
    refused_inputs = {"key": ("lin_oauth_0123456789abcdef", "lin_api_0123…")}
