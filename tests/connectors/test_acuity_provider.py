"""Acuity's contract, by developers.acuityscheduling.com (OAuth 2, me)."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "acuityscheduling.com/api/v1/me"
TOKENS = {"token_type": "bearer", "scope": "api-v1"}


class TestAcuity(ConnectorContract):
    connector = "acuity"
    scopes = ("api-v1",)
    exchange = documented({**TOKENS, "access_token": "at_FAKE"})
    accounts = {
        ("1", "ana@acme.example"): {ME: {"id": 1, "name": "Ana Diaz", "email": "ana@acme.example"}},
        ("1", "Ana Diaz"): {ME: {"id": 1, "name": "Ana Diaz"}},
        ("1", "1"): {ME: {"id": 1}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
