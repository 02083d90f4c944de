"""Google's contract, by developers.google.com/identity/protocols/oauth2 and …/openid-connect."""

from gateway.errors import ProviderRefused
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

USERINFO = "openidconnect.googleapis.com/v1/userinfo"
SUB = "100000000000000000001"
NAME = {"name": "Ana Diaz"}
PROFILE = {"email": "ana@example.com", "email_verified": True, "picture": "https://lh3.example/x"}


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
        {"access_token": "ya29.a0", "expires_in": 3599, "scope": "openid", "token_type": "Bearer"}
    )
    accounts = {
        (SUB, "ana@example.com"): AccountSample({USERINFO: {"sub": SUB, **NAME, **PROFILE}}, NAME),
        (SUB, "Ana Diaz"): AccountSample({USERINFO: {"sub": SUB, **NAME}}, NAME),
        (SUB, SUB): {USERINFO: {"sub": SUB}},
    }
    refusals = (ErrorSample(400, {"error": "redirect_uri_mismatch"}, ProviderRefused),)
