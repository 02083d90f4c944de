"""Instagram's contract, by developers.facebook.com/documentation/instagram-platform."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "graph.instagram.com/me"
ANA = {"user_id": "17841405793187218", "id": "6000000000"}
EXPIRED = {"error": {"message": "Session has expired", "type": "OAuthException", "code": 190}}


class TestInstagram(ConnectorContract):
    connector = "instagram"
    scopes = ("instagram_business_basic", "instagram_business_manage_insights")
    exchange = documented(
        {
            "access_token": "IGFAKE",
            "user_id": "17841405793187218",
            "permissions": ["instagram_business_basic", "instagram_business_manage_comments"],
        },
        scopes=("instagram_business_basic", "instagram_business_manage_comments"),
    )
    refresh = documented({"access_token": "IGNEW", "token_type": "bearer", "expires_in": 5184000})
    accounts = {
        ("17841405793187218", "ana"): {ME: {**ANA, "username": "ana"}},
        ("17841405793187218", "17841405793187218"): {ME: ANA},
    }
    refusals = (ErrorSample(400, EXPIRED, TokenRejected, on_refresh=True),)
    gaps = {
        "a wrong client secret is the operator's to mend": (
            "the endpoint of the code has one answer, 400, for everything that it refuses"
        )
    }
