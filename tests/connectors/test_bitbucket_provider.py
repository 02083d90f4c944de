"""Bitbucket's contract. Sources: developer.atlassian.com/cloud/bitbucket/oauth-2, …/rest."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

USER = "api.bitbucket.org/2.0/user"
TOKENS = {"scopes": "account repository", "expires_in": 7200, "token_type": "bearer"}
ID = "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}"


class TestBitbucket(ConnectorContract):
    connector = "bitbucket"
    scopes = ()
    exchange = documented({**TOKENS, "access_token": "aFAKE", "refresh_token": "rFAKE"})
    refresh = documented({**TOKENS, "access_token": "aNEW", "refresh_token": "rNEW"})
    accounts = {
        (ID, "ana"): {USER: {"uuid": ID, "username": "ana", "display_name": "Ana Diaz"}},
        (ID, "Ana Diaz"): {USER: {"uuid": ID, "display_name": "Ana Diaz"}},
    }
    refusals = (
        ErrorSample(
            400,
            {"error_description": "Unsupported grant type: None", "error": "invalid_grant"},
            TokenRejected,
        ),
    )
