"""Pinterest's contract, by developers.pinterest.com and pinterest/api-description."""

from gateway.errors import TokenRejected, UnreadableResponse
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.pinterest.com/v5/user_account"
TOKEN = {
    "response_type": "authorization_code",
    "token_type": "bearer",
    "expires_in": 2592000,
    "refresh_token_expires_in": 31536000,
    "scope": "user_accounts:read boards:read pins:read",
}
ANA = {"account_type": "BUSINESS", "id": "2783136121146311751"}
REFUSED = {"code": 283, "message": "Invalid refresh token"}


class TestPinterest(ConnectorContract):
    connector = "pinterest"
    scopes = ("user_accounts:read", "boards:read", "pins:read")
    exchange = documented({**TOKEN, "access_token": "pina_FAKE", "refresh_token": "pinr_FAKE"})
    refresh = documented({**TOKEN, "access_token": "pina_NEW", "refresh_token": "pinr_NEW"})
    accounts = {
        (ANA["id"], "ana"): {ME: {**ANA, "username": "ana"}},
        (ANA["id"], ANA["id"]): {ME: ANA},
    }
    refusals = (
        ErrorSample(400, REFUSED, UnreadableResponse),
        ErrorSample(400, REFUSED, TokenRejected, on_refresh=True),
        ErrorSample(401, REFUSED, TokenRejected, on_refresh=True),
    )
    gaps = {
        "a wrong client secret is the operator's to mend": (
            "Pinterest's codes are numbers without a documented meaning"
        )
    }
