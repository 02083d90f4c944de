"""SurveyMonkey's contract. Source: api.surveymonkey.com/v3/docs, authentication and users/me."""

from gateway.errors import TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Probe, documented

ME = "api.surveymonkey.com/v3/users/me"
KEPT = {"access_url": "https://api.surveymonkey.com"}
ANA = {"id": "1234", "username": "ana", "language": "en"}


class TestSurveyMonkey(ConnectorContract):
    connector = "surveymonkey"
    scopes = ()
    probe = Probe("/users/me")
    exchange = documented({"access_token": "smFAKE", "token_type": "bearer", **KEPT})
    accounts = {
        ("1234", "ana@acme.example"): AccountSample(
            {ME: {**ANA, "email": "ana@acme.example"}}, KEPT
        ),
        ("1234", "ana"): AccountSample({ME: ANA}, KEPT),
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
