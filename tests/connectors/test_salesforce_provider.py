"""Salesforce's contract, by help.salesforce.com: web server flow, refresh token flow, userinfo."""

from gateway.errors import TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Person, Probe, documented

USERINFO = "acme.my.salesforce.com/services/oauth2/userinfo"
KEPT = {"instance_url": "https://acme.my.salesforce.com"}
TOKEN = KEPT | {
    "access_token": "00Dxx!FAKE",
    "signature": "0Cmxin",
    "scope": "refresh_token openid api",
    "id": "https://login.salesforce.com/id/00Dx0000000BV7z/005x00000012Q9P",
    "token_type": "Bearer",
    "issued_at": "1278448832702",
}
ANA = {
    "sub": "https://login.salesforce.com/id/00Dx0000000BV7z/005x00000012Q9P",
    "user_id": "005x00000012Q9P",
    "organization_id": "00Dx0000000BV7z",
    "name": "Ana Diaz",
    "active": True,
}
ID = "00Dx0000000BV7z:005x00000012Q9P"


class TestSalesforce(ConnectorContract):
    connector = "salesforce"
    scopes = ("api", "refresh_token", "openid")
    people = (
        Person(
            account="00DSandboxAcme01:005SandboxAna001",
            typed={"login_host": "login.salesforce.com"},
        ),
        Person(
            account="00DSandboxGlob01:005SandboxBen001",
            typed={"login_host": "https://globex--dev.sandbox.my.salesforce.com/"},
        ),
    )
    probe = Probe("/services/oauth2/userinfo")
    accepted_inputs = {
        "login_host": {
            "": "login.salesforce.com",
            "https://Login.Salesforce.com/": "login.salesforce.com",
            "test.salesforce.com": "test.salesforce.com",
            "acme.my.salesforce.com": "acme.my.salesforce.com",
            "acme--dev.sandbox.my.salesforce.com": "acme--dev.sandbox.my.salesforce.com",
        }
    }
    refused_inputs = {
        "login_host": (
            *("acme", "my.salesforce.com", "acme.lightning.force.com", "evil.example", "a b"),
            *("acme.my.salesforce.com.evil.example", "acme.my.salesforce.com@evil.example"),
            *(
                "http://acme.my.salesforce.com",
                "acme.my.salesforce.com:443",
                "login.salesforce.com/x",
            ),
        )
    }
    exchange = documented({**TOKEN, "refresh_token": "5AepFAKE", "id_token": "eyJFAKE"})
    refresh = documented(TOKEN)
    accounts = {
        (ID, "ana@acme.example"): AccountSample(
            {USERINFO: ANA | {"preferred_username": "ana@acme.example"}}, KEPT
        ),
        (ID, "Ana Diaz"): AccountSample({USERINFO: ANA}, KEPT),
    }
    refusals = (
        ErrorSample(
            400,
            {"error": "invalid_grant", "error_description": "expired access/refresh token"},
            TokenRejected,
        ),
    )
