"""Jobber's contract. Source: developer.getjobber.com/docs/building_your_app."""

from gateway.errors import TokenRejected, UnreadableResponse
from gateway.testing import ConnectorContract, ErrorSample, Probe, documented

GRAPHQL = "api.getjobber.com/api/graphql"


class TestJobber(ConnectorContract):
    connector = "jobber"
    scopes = ()
    probe = Probe("/graphql", "POST", {"query": "{ account { id name } }"})
    exchange = documented({"access_token": "eyJFAKE", "refresh_token": "1111FAKE"})
    refresh = documented({"access_token": "eyJNEW", "refresh_token": "1111NEW"})
    accounts = {
        ("Z2lkFAKE", "Acme"): {GRAPHQL: {"data": {"account": {"id": "Z2lkFAKE", "name": "Acme"}}}},
        ("Z2lkFAKE", "Z2lkFAKE"): {GRAPHQL: {"data": {"account": {"id": "Z2lkFAKE"}}}},
    }
    refusals = (
        ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),
        ErrorSample(401, {"message": "…"}, UnreadableResponse),
    )
