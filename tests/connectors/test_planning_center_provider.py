"""Planning Center's contract. Source: developer.planning.center/docs."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.planningcenteronline.com/people/v2/me"
TOKENS = {"token_type": "bearer", "expires_in": 7200, "scope": "people", "created_at": 1469553476}


class TestPlanningCenter(ConnectorContract):
    connector = "planning-center"
    scopes = ("people",)
    exchange = documented({**TOKENS, "access_token": "863300FAKE", "refresh_token": "2cb9FAKE"})
    refresh = documented({**TOKENS, "access_token": "863300NEW", "refresh_token": "2cb9NEW"})
    accounts = {
        ("1", "Ana Diaz"): {ME: {"data": {"id": "1", "attributes": {"name": "Ana Diaz"}}}},
        ("1", "Ana"): {ME: {"data": {"id": "1", "attributes": {"first_name": "Ana"}}}},
    }
    refusals = (ErrorSample(401, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),)
