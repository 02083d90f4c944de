"""Canva's contract, by the OpenAPI document of its Connect API."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, ToolContract, documented

ME = "api.canva.com/rest/v1/users/me"
TOKENS = {"token_type": "Bearer", "expires_in": 14400, "scope": "design:meta:read folder:read"}


class TestCanva(ConnectorContract):
    connector = "canva"
    scopes = ("design:meta:read", "folder:read")
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("Oi2RJILTrKk0:auDAbliZ2rQN", "Canva auDAbliZ2rQN"): {
            ME: {"team_user": {"user_id": "auDAbliZ2rQN", "team_id": "Oi2RJILTrKk0"}}
        }
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)


class TestCanvaTools(ToolContract):
    connector = "canva"
