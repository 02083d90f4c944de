"""GoCardless' contract, by developer.gocardless.com (partners, connecting to merchant accounts)."""

from gateway.errors import TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

TOKENS = {"token_type": "bearer", "scope": "read_only", "organisation_id": "OR123"}


class TestGoCardless(ConnectorContract):
    connector = "gocardless"
    scopes = ("read_only",)
    exchange = documented({**TOKENS, "access_token": "at_FAKE"})
    accounts = {
        ("OR123", "GoCardless OR123"): AccountSample(
            token_answer={**TOKENS, "access_token": "at_FAKE"}
        )
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
    gaps = {
        "a scope that the person refuses is noticed": (
            "There is one scope, and its page has one button: who declines it connects nothing"
        )
    }
