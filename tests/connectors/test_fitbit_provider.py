"""Fitbit's contract, by dev.fitbit.com/build/reference/web-api (authorization, errors, profile)."""

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

PROFILE = "api.fitbit.com/1/user/-/profile.json"
TOKENS = {
    "access_token": "eyFAKE",
    "expires_in": 28800,
    "refresh_token": "c643FAKE",
    "scope": "profile",
    "token_type": "Bearer",
    "user_id": "GGNJL9",
}


def _refused(kind: str) -> dict[str, object]:
    return {"errors": [{"errorType": kind, "message": "…"}], "success": False}


class TestFitbit(ConnectorContract):
    connector = "fitbit"
    scopes = ("profile",)
    exchange = refresh = documented(TOKENS)
    accounts = {
        ("GGNJL9", "Ana Diaz"): {
            PROFILE: {
                "user": {"encodedId": "GGNJL9", "fullName": "Ana Diaz", "displayName": "Ana D."}
            }
        },
        ("GGNJL9", "Ana D."): {PROFILE: {"user": {"encodedId": "GGNJL9", "displayName": "Ana D."}}},
        ("GGNJL9", "GGNJL9"): {PROFILE: {"user": {"encodedId": "GGNJL9"}}},
    }
    refusals = (
        ErrorSample(400, _refused("invalid_grant"), TokenRejected, on_refresh=True),
        ErrorSample(401, _refused("invalid_client"), ProviderMisconfigured),
        ErrorSample(200, _refused("invalid_grant"), TokenRejected),
    )
