"""Twitch's contract. Sources: dev.twitch.tv/docs/authentication, …/docs/api/reference."""

from gateway.errors import TokenRejected, UnreadableResponse
from gateway.testing import ConnectorContract, ErrorSample, documented

USERS = "api.twitch.tv/helix/users"
TOKENS = {"expires_in": 14124, "scope": ["channel:moderate", "chat:edit"], "token_type": "bearer"}
GRANTED = ("channel:moderate", "chat:edit")
ANA = {"id": "141981764", "display_name": "Ana Diaz", "broadcaster_type": "partner"}
DEAD = {"error": "Bad Request", "status": 400, "message": "Invalid refresh token"}


class TestTwitch(ConnectorContract):
    connector = "twitch"
    scopes = ("user:read:follows",)
    exchange = documented(
        {**TOKENS, "access_token": "rfx2FAKE", "refresh_token": "5b93FAKE"}, scopes=GRANTED
    )
    refresh = documented(
        {**TOKENS, "access_token": "1ssjNEW", "refresh_token": "eyJfNEW"}, scopes=GRANTED
    )
    accounts = {
        ("141981764", "ana"): {USERS: {"data": [{**ANA, "login": "ana"}]}},
        ("141981764", "Ana Diaz"): {USERS: {"data": [ANA]}},
    }
    refusals = (
        ErrorSample(400, DEAD, TokenRejected, on_refresh=True),
        ErrorSample(401, {"status": 401, "message": "…"}, TokenRejected, on_refresh=True),
        ErrorSample(400, {"status": 400, "message": "…"}, UnreadableResponse),
    )
    gaps = {
        "a wrong client secret is the operator's to mend": (
            "Twitch names no error code: what its 403 means can only be guessed"
        )
    }
