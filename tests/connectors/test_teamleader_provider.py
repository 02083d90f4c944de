"""Teamleader's contract, by developer.focus.teamleader.eu (authentication, users.me)."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, Probe, documented

ME = "api.focus.teamleader.eu/users.me"
TOKENS = {"token_type": "Bearer", "expires_in": 3600}


class TestTeamleader(ConnectorContract):
    connector = "teamleader"
    scopes = ()
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("87982c93", "ana@acme.example"): {
            ME: {"data": {"id": "87982c93", "first_name": "Ana", "email": "ana@acme.example"}}
        },
        ("87982c93", "Ana"): {ME: {"data": {"id": "87982c93", "first_name": "Ana"}}},
        ("87982c93", "87982c93"): {ME: {"data": {"id": "87982c93"}}},
    }
    probe = Probe("/users.me", method="POST", json={})
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
