"""Cal.com's contract, by cal.com/docs/api-reference/v2 (oauth, me)."""

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, KeyContract, ToolContract, documented

ME = "api.cal.com/v2/me"
TOKENS = {"token_type": "bearer", "expires_in": 1800, "scope": "PROFILE_READ EVENT_TYPE_READ"}


class TestCalcom(ConnectorContract):
    connector = "calcom"
    scopes = ("PROFILE_READ", "EVENT_TYPE_READ")
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("12", "ana@acme.example"): {
            ME: {"data": {"id": 12, "username": "ana", "email": "ana@acme.example"}}
        },
        ("12", "ana"): {ME: {"data": {"id": 12, "username": "ana"}}},
        ("12", "12"): {ME: {"data": {"id": 12}}},
    }
    refusals = (
        ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),
        ErrorSample(401, {"error": "invalid_client"}, ProviderMisconfigured),
    )


class TestCalcomKey(KeyContract):
    connector = "calcom"
    account = ("301", "ana@acme.example")
    # Hidden in part, without its beginning, too long.
    refused_inputs = {
        "key": ("cal_live_…cdef", "live_0123456789abcdef0123456789abcdef", f"cal_{'a' * 101}")
    }


class TestCalcomTools(ToolContract):
    connector = "calcom"
