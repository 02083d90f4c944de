"""Mailchimp's contract, by mailchimp.com/developer: Access data with OAuth 2."""

from dataclasses import replace

from gateway.errors import ProviderMisconfigured
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Person, documented

METADATA = "login.mailchimp.com/oauth2/metadata"
LOGIN = {"login_id": 71, "login_name": "ana", "login_email": "ana@acme.example", "avatar": None}
ANA = {
    "dc": "us6",
    "role": "owner",
    "user_id": 7000001,
    "login": LOGIN,
    "login_url": "https://login.mailchimp.com",
    "api_endpoint": "https://us6.api.mailchimp.com",
}
KEPT = {"api_endpoint": "https://us6.api.mailchimp.com"}
TOKEN = documented({"access_token": "FAKE0token", "expires_in": 0, "scope": None})


class TestMailchimp(ConnectorContract):
    connector = "mailchimp"
    scopes = ()
    people = (Person(account="7000001-71"), Person(account="7000001-72"))
    exchange = replace(TOKEN, expires_in=None)
    accounts = {
        ("7000001:71", "Acme"): AccountSample({METADATA: ANA | {"accountname": "Acme"}}, KEPT),
        ("7000001:71", "ana@acme.example"): AccountSample({METADATA: ANA}, KEPT),
    }
    refusals = (ErrorSample(400, {"error": "invalid_client"}, ProviderMisconfigured),)
