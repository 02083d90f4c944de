"""Box's contract. Sources: developer.box.com/reference/post-oauth2-token, …/get-users-me."""

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.box.com/2.0/users/me"
TOKENS = {"expires_in": 3600, "token_type": "bearer", "restricted_to": []}
USER = {"type": "user", "id": "11446498"}


class TestBox(ConnectorContract):
    connector = "box"
    scopes = ("root_readonly",)
    exchange = documented({**TOKENS, "access_token": "c3FAKE", "refresh_token": "c3FAKEr"})
    refresh = documented({**TOKENS, "access_token": "c3NEW", "refresh_token": "c3NEWr"})
    accounts = {
        ("11446498", "ana@acme.example"): {
            ME: {**USER, "name": "Ana Diaz", "login": "ana@acme.example"}
        },
        ("11446498", "Ana Diaz"): {ME: {**USER, "name": "Ana Diaz"}},
    }
    refusals = (
        ErrorSample(400, {"error": "invalid_client"}, ProviderMisconfigured),
        ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),
    )
