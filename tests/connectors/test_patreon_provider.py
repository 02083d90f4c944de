<<<<<<< HEAD
"""Patreon's contract, by docs.patreon.com (OAuth, identity)."""

from gateway.testing import ConnectorContract, documented

ME = "www.patreon.com/api/oauth2/v2/identity"
TOKENS = {"expires_in": 2678400, "scope": "identity campaigns", "token_type": "Bearer"}
ANA = {"type": "user", "id": "12345678"}
=======
"""Patreon's contract, by docs.patreon.com (OAuth, API v2: identity)."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "www.patreon.com/api/oauth2/v2/identity"
TOKENS = {
    "token_type": "Bearer",
    "expires_in": 2678400,
    "scope": "identity campaigns",
    "version": "0.0.1",
}
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)


class TestPatreon(ConnectorContract):
    connector = "patreon"
    scopes = ("identity", "campaigns")
<<<<<<< HEAD
    exchange = documented({**TOKENS, "access_token": "FAKE", "refresh_token": "rFAKE"})
    refresh = documented({**TOKENS, "access_token": "NEW", "refresh_token": "rNEW"})
    accounts = {
        ("12345678", "Ana Diaz"): {ME: {"data": {**ANA, "attributes": {"full_name": "Ana Diaz"}}}},
        ("12345678", "12345678"): {ME: {"data": {**ANA, "attributes": {}}}},
    }
=======
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("7", "Ana Diaz"): {
            ME: {"data": {"id": "7", "attributes": {"full_name": "Ana Diaz", "vanity": "ana"}}}
        },
        ("7", "ana"): {ME: {"data": {"id": "7", "attributes": {"vanity": "ana"}}}},
        ("7", "7"): {ME: {"data": {"id": "7", "attributes": {}}}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)
