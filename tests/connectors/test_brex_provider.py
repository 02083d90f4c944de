"""Brex's contract, by developer.brex.com (authentication, partner authentication, Team API)."""

from gateway.testing import ConnectorContract, KeyContract, ToolContract, documented

ME = "api.brex.com/v2/users/me"
USER = {"first_name": "Ana", "last_name": "Diaz", "status": "ACTIVE"}
TOKENS = {
    "token_type": "Bearer",
    "expires_in": 3600,
    "access_token": "eyFAKE",
    "scope": "openid offline_access users.readonly",
    "refresh_token": "rtFAKE",
    "id_token": "eyFAKE.eyFAKE.FAKE",
}


class TestBrex(ConnectorContract):
    connector = "brex"
    scopes = ("openid", "offline_access", "users.readonly")
    exchange = refresh = documented(TOKENS)
    accounts = {
        ("cuuser_1", "ana@acme.example"): {
            ME: {**USER, "id": "cuuser_1", "email": "ana@acme.example"}
        },
        ("cuuser_1", "cuuser_1"): {ME: {**USER, "id": "cuuser_1"}},
    }


class TestBrexKey(KeyContract):
    connector = "brex"
    account = ("cuuser_ckze72soa117f01pkmf1aaaaa", "ana@acme.example")
    refused_inputs = {"key": ("eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "bxt_…wxyz", f"bxt_{'a' * 121}")}
    unclear = ((403, {"message": "Missing scope"}),)


class TestBrexTools(ToolContract):
    connector = "brex"
