"""Reddit's contract. Sources: github.com/reddit-archive/reddit/wiki/OAuth2, reddit.com/dev/api."""

from gateway.errors import ProviderMisconfigured, ProviderRefused, TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "oauth.reddit.com/api/v1/me"
TOKENS = {"token_type": "bearer", "expires_in": 86400, "scope": "identity read"}
BAD = {"message": "Bad Request", "error": 400}


class TestReddit(ConnectorContract):
    connector = "reddit"
    scopes = ("identity", "read")
    exchange = documented({**TOKENS, "access_token": "eyJFAKE", "refresh_token": "12-FAKE"})
    refresh = documented({**TOKENS, "access_token": "eyJNEW"})
    accounts = {
        ("4fakeid", "ana"): {ME: {"id": "4fakeid", "name": "ana", "is_employee": False}},
        ("4fakeid", "4fakeid"): {ME: {"id": "4fakeid"}},
    }
    refusals = (
        ErrorSample(200, {"error": "invalid_grant"}, TokenRejected),
        ErrorSample(401, {"message": "Unauthorized", "error": 401}, ProviderMisconfigured),
        ErrorSample(400, BAD, TokenRejected, on_refresh=True),
        ErrorSample(400, BAD, ProviderRefused),
    )
