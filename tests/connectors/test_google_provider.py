"""Google's contract.

Sources: https://developers.google.com/identity/protocols/oauth2/web-server,
https://developers.google.com/identity/openid-connect/openid-connect
"""

from __future__ import annotations

from gateway.errors import ProviderRefused
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

USERINFO = "openidconnect.googleapis.com/v1/userinfo"
SUB = "100000000000000000001"


class TestGoogle(ConnectorContract):
    connector = "google"
    scopes = ("openid", "https://www.googleapis.com/auth/userinfo.email")
    exchange = documented(
        {
            "access_token": "ya29.a0AbCFAKE",
            "expires_in": 3599,
            "refresh_token": "1//0gFAKE",
            "scope": "openid https://www.googleapis.com/auth/userinfo.email",
            "token_type": "Bearer",
            "id_token": "eyJhbGciOi.FAKE.sig",
        }
    )
    refresh = documented(
        {
            "access_token": "ya29.a0NEW",
            "expires_in": 3599,
            "scope": "openid",
            "token_type": "Bearer",
        }
    )
    accounts = {
        (SUB, "ana@example.com"): AccountSample(
            {
                USERINFO: {
                    "sub": SUB,
                    "email": "ana@example.com",
                    "email_verified": True,
                    "name": "Ana Diaz",
                    "picture": "https://lh3.googleusercontent.com/a/x",
                }
            },
            metadata={"name": "Ana Diaz"},
        ),
        (SUB, "Ana Diaz"): AccountSample(
            {USERINFO: {"sub": SUB, "name": "Ana Diaz"}}, metadata={"name": "Ana Diaz"}
        ),
        (SUB, SUB): {USERINFO: {"sub": SUB}},
    }
    refusals = (ErrorSample(400, {"error": "redirect_uri_mismatch"}, ProviderRefused),)
