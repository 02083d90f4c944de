"""Close's contract, by developer.close.com (OAuth authentication, me)."""

from gateway.testing import AccountSample, ConnectorContract, documented

ME = "api.close.com/api/v1/me/"
TOKENS = {
    "token_type": "Bearer",
    "expires_in": 3600,
    "scope": "all.full_access offline_access",
    "organization_id": "orga_1",
    "user_id": "user_1",
}
ORGANIZATION = {"organization_id": "orga_1"}


class TestClose(ConnectorContract):
    connector = "close"
    scopes = ("all.full_access", "offline_access")
    exchange = documented({**TOKENS, "access_token": "FAKE", "refresh_token": "rFAKE"})
    refresh = documented({**TOKENS, "access_token": "NEW", "refresh_token": "rNEW"})
    accounts = {
        ("orga_1:user_1", "ana@acme.example"): AccountSample(
            {ME: {"id": "user_1", "email": "ana@acme.example", "first_name": "Ana"}}, ORGANIZATION
        ),
        ("orga_1:user_1", "Ana"): AccountSample(
            {ME: {"id": "user_1", "first_name": "Ana"}}, ORGANIZATION
        ),
        ("orga_1:user_1", "orga_1:user_1"): AccountSample({ME: {"id": "user_1"}}, ORGANIZATION),
    }
