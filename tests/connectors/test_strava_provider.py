"""Strava's contract. Source: developers.strava.com/docs/authentication."""

from typing import Any

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

TOKENS = {"token_type": "Bearer", "expires_at": 1568775134, "expires_in": 20566}
ATHLETE = {"id": 227615, "username": "ana", "firstname": "Ana", "lastname": "Diaz"}
EXCHANGE = {**TOKENS, "access_token": "a4b9FAKE", "refresh_token": "e5n5FAKE", "athlete": ATHLETE}


def fault(resource: str, field: str) -> dict[str, Any]:
    """The documented form of a refusal."""
    error = {"resource": resource, "field": field, "code": "invalid"}
    return {"message": "Bad Request", "errors": [error]}


class TestStrava(ConnectorContract):
    connector = "strava"
    scopes = ("read", "activity:read")
    exchange = documented(EXCHANGE)
    refresh = documented({**TOKENS, "access_token": "a9b7NEW", "refresh_token": "b5c5NEW"})
    accounts = {
        ("227615", "ana"): AccountSample(token_answer=EXCHANGE),
        ("227615", "Ana"): AccountSample(
            token_answer={**EXCHANGE, "athlete": {**ATHLETE, "username": None}}
        ),
    }
    refusals = (
        ErrorSample(400, fault("AuthorizationCode", "code"), TokenRejected),
        ErrorSample(400, fault("RefreshToken", "refresh_token"), TokenRejected, on_refresh=True),
        ErrorSample(401, fault("Application", "client_secret"), ProviderMisconfigured),
    )
