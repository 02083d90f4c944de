"""Google Ads' contract, by developers.google.com/identity/protocols/oauth2 and …/google-ads/api."""

from connectors.rfc6749 import unsigned_jwt
from gateway.errors import ProviderRefused
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Person, documented

SUB = "110169484474386276334"
ISSUER = {"iss": "https://accounts.google.com", "sub": SUB}
AUTH = "https://www.googleapis.com/auth"
TOKENS = {
    "access_token": "ya29.FAKE",
    "expires_in": 3599,
    "scope": f"openid {AUTH}/userinfo.email {AUTH}/adwords",
    "token_type": "Bearer",
}
FIRST = {**TOKENS, "refresh_token": "1//0gFAKE", "id_token": unsigned_jwt(ISSUER)}


class TestGoogleAds(ConnectorContract):
    connector = "google-ads"
    scopes = ("openid", f"{AUTH}/userinfo.email", f"{AUTH}/adwords")
    people = (
        Person(account="100000000000000000011", typed={"manager": "1234567890"}),
        Person(account="100000000000000000012", typed={"manager": ""}),
    )
    accepted_inputs = {
        "manager": {"": "", "1234567890": "1234567890", " 1234567890 ": "1234567890"}
    }
    refused_inputs = {"manager": ("123-456-7890", "123456789", "12345678901", "1234567890\r\nX: y")}
    exchange = documented(FIRST)
    refresh = documented(TOKENS)
    accounts = {
        (SUB, "ana@acme.com"): AccountSample(
            token_answer=FIRST | {"id_token": unsigned_jwt(ISSUER | {"email": "ana@acme.com"})}
        ),
        (SUB, SUB): AccountSample(),
    }
    refusals = (ErrorSample(400, {"error": "redirect_uri_mismatch"}, ProviderRefused),)
