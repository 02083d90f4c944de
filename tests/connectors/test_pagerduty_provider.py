"""PagerDuty's contract, by developer.pagerduty.com (OAuth functionality, the current user)."""

from gateway.errors import TokenRejected
from gateway.testing import (
    ConnectorContract,
    ErrorSample,
    KeyContract,
    Probe,
    ToolContract,
    documented,
)

ME = "api.pagerduty.com/users/me"
EARLINE = {"id": "PXPGF42", "type": "user", "summary": "Ana Diaz"}
TOKENS = {"token_type": "bearer", "expires_in": 86400, "scope": "users.read incidents.read"}


class TestPagerDuty(ConnectorContract):
    connector = "pagerduty"
    scopes = ("users.read", "incidents.read")
    probe = Probe("/incidents")
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("PXPGF42", "ana@acme.example"): {
            ME: {"user": EARLINE | {"name": "Ana Diaz", "email": "ana@acme.example"}}
        },
        ("PXPGF42", "Ana Diaz"): {ME: {"user": EARLINE | {"name": "Ana Diaz"}}},
        ("PXPGF42", "PXPGF42"): {ME: {"user": EARLINE}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)


class TestPagerDutyKey(KeyContract):
    connector = "pagerduty"
    probe = TestPagerDuty.probe
    # With what stands before it in the header; too short; too long.
    refused_inputs = {"key": ("Token token=u+0123456789abcdefgh", "u+0123456789", "a" * 41)}


class TestPagerDutyTools(ToolContract):
    connector = "pagerduty"
