"""Fortnox's contract. Sources: fortnox.se/developer/authorization, apps.fortnox.se/apidocs."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

COMPANY = "api.fortnox.se/3/companyinformation"
TOKENS = {"token_type": "bearer", "expires_in": 3600, "scope": "companyinformation invoice"}
ACME = {"DatabaseNumber": 1234, "OrganizationNumber": "555555-5555"}


class TestFortnox(ConnectorContract):
    connector = "fortnox"
    scopes = ("companyinformation", "invoice")
    exchange = documented({**TOKENS, "access_token": "eyJFAKE", "refresh_token": "dc9bFAKE"})
    refresh = documented({**TOKENS, "access_token": "eyJNEW", "refresh_token": "dc9bNEW"})
    accounts = {
        ("1234", "Acme AB"): {COMPANY: {"CompanyInformation": {**ACME, "CompanyName": "Acme AB"}}},
        ("1234", "555555-5555"): {COMPANY: {"CompanyInformation": ACME}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),)
