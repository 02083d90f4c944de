"""Webflow's contract. Sources: developers.webflow.com/data/reference/oauth-app, …/token."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

BY = "api.webflow.com/v2/token/authorized_by"
ANA = {"id": "545bFAKE", "firstName": "Ana", "lastName": "Diaz"}


class TestWebflow(ConnectorContract):
    connector = "webflow"
    scopes = ("authorized_user:read", "sites:read")
    exchange = documented(
        {"access_token": "wfFAKE", "token_type": "bearer", "scope": "authorized_user:read"}
    )
    accounts = {
        ("545bFAKE", "ana@acme.example"): {BY: {**ANA, "email": "ana@acme.example"}},
        ("545bFAKE", "Ana"): {BY: ANA},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
