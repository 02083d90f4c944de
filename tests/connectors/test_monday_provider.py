"""monday.com's contract, by developer.monday.com/apps/docs/oauth-2-1."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, Probe, ToolContract, documented

API = "api.monday.com/v2"
TOKENS = {"token_type": "Bearer", "scope": "me:read boards:read"}


class TestMonday(ConnectorContract):
    connector = "monday"
    scopes = ("me:read", "boards:read")
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("4012", "ana@acme.example"): {
            API: {"data": {"me": {"id": "4012", "name": "Ana Diaz", "email": "ana@acme.example"}}}
        },
        ("4012", "Ana Diaz"): {API: {"data": {"me": {"id": "4012", "name": "Ana Diaz"}}}},
        ("4012", "4012"): {API: {"data": {"me": {"id": "4012"}}}},
    }
    probe = Probe("/v2", method="POST", json={"query": "{ me { id name email } }"})
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)


class TestMondayTools(ToolContract):
    connector = "monday"
