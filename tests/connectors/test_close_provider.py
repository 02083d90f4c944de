"""Close's contract, by developer.close.com/topics/authentication-oauth2."""

from gateway.errors import TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

ME = "api.close.com/api/v1/me/"
KEPT = {"organization_id": "orga_1"}
TOKENS = {
    "token_type": "Bearer",
    "expires_in": 3600,
    "scope": "all.full_access offline_access",
    "organization_id": "orga_1",
    "user_id": "user_1",
}


class TestClose(ConnectorContract):
    connector = "close"
    scopes = ("all.full_access", "offline_access")
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("orga_1:user_1", "ana@acme.example"): AccountSample(
            {ME: {"id": "user_1", "first_name": "Ana", "email": "ana@acme.example"}}, KEPT
        ),
        ("orga_1:user_1", "Ana"): AccountSample({ME: {"id": "user_1", "first_name": "Ana"}}, KEPT),
        ("orga_1:user_1", "orga_1:user_1"): AccountSample({ME: {"id": "user_1"}}, KEPT),
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
