"""Dribbble's contract, by developer.dribbble.com/v2 (OAuth, users)."""

from gateway.testing import ConnectorContract, documented

ME = "api.dribbble.com/v2/user"


class TestDribbble(ConnectorContract):
    connector = "dribbble"
    scopes = ("public",)
    exchange = documented(
        {
            "access_token": "29ed478ab86c07f1c069b1af76088f7431396b7c4a2523d06911345da82224a0",
            "token_type": "bearer",
            "scope": "public upload",
            "created_at": 1436544465,
        }
    )
    accounts = {
        ("1", "Ana Diaz"): {ME: {"id": 1, "name": "Ana Diaz", "login": "ana"}},
        ("1", "ana"): {ME: {"id": 1, "login": "ana"}},
        ("1", "1"): {ME: {"id": 1}},
    }
