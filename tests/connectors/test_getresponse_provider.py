"""GetResponse's contract, by apidocs.getresponse.com/v3 (OAuth 2, get account)."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.getresponse.com/v3/accounts"
TOKENS = {"token_type": "Bearer", "expires_in": 86400}


class TestGetResponse(ConnectorContract):
    connector = "getresponse"
    scopes = ()
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("VfEj", "ana@acme.example"): {
            ME: {"accountId": "VfEj", "firstName": "Ana", "email": "ana@acme.example"}
        },
        ("VfEj", "Ana"): {ME: {"accountId": "VfEj", "firstName": "Ana"}},
        ("VfEj", "VfEj"): {ME: {"accountId": "VfEj"}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
