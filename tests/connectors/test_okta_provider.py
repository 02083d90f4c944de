"""Okta's contract, by the OpenAPI documents that Okta publishes."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, Person, ToolContract, documented

ME = "acme.okta.com/oauth2/v1/userinfo"
ANA = {"sub": "00uid4BxXw6I6TV4m0g3", "locale": "en-US"}
SCOPE = "openid profile okta.users.read offline_access"
TOKENS = {"token_type": "Bearer", "expires_in": 3600, "scope": SCOPE}


class TestOkta(ConnectorContract):
    connector = "okta"
    scopes = ("openid", "profile", "okta.users.read", "offline_access")
    people = (
        Person(account="00uSandboxAna0000001", typed={"domain": "acme.okta.com"}),
        Person(account="00uSandboxAna0000001", typed={"domain": "https://Globex.okta.com/"}),
    )
    accepted_inputs = {
        "domain": {
            "acme.okta.com": "acme.okta.com",
            "dev-1.oktapreview.com": "dev-1.oktapreview.com",
            "acme.okta-emea.com": "acme.okta-emea.com",
        }
    }
    refused_inputs = {"domain": ("", "acme", "okta.com", "acme.okta.com.evil.example", "a b")}
    exchange = documented({**TOKENS, "access_token": "eyJFAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "eyJNEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("acme.okta.com:00uid4BxXw6I6TV4m0g3", "ana@acme.example"): {
            ME: {**ANA, "name": "Ana Diaz", "preferred_username": "ana@acme.example"}
        },
        ("acme.okta.com:00uid4BxXw6I6TV4m0g3", "Ana Diaz"): {ME: {**ANA, "name": "Ana Diaz"}},
        ("acme.okta.com:00uid4BxXw6I6TV4m0g3", "acme.okta.com:00uid4BxXw6I6TV4m0g3"): {ME: ANA},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),)


class TestOktaTools(ToolContract):
    connector = "okta"
