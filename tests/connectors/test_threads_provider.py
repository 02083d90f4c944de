"""Threads' contract, by developers.facebook.com/docs/threads."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "graph.threads.net/v1.0/me"
EXPIRED = {"error": {"message": "Session has expired", "type": "OAuthException", "code": 190}}


class TestThreads(ConnectorContract):
    connector = "threads"
    scopes = ("threads_basic",)
    exchange = documented({"access_token": "THFAKE", "user_id": 17841405793187218})
    refresh = documented({"access_token": "THNEW", "token_type": "bearer", "expires_in": 5183944})
    accounts = {
        ("1234567", "ana"): {ME: {"id": "1234567", "username": "ana"}},
        ("1234567", "1234567"): {ME: {"id": "1234567"}},
    }
    refusals = (ErrorSample(400, EXPIRED, TokenRejected, on_refresh=True),)
    gaps = {
        "a wrong client secret is the operator's to mend": (
            "the endpoint of the code has one answer, 400, for everything that it refuses"
        )
    }
