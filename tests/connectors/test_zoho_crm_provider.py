"""Zoho CRM's contract, by zoho.com/crm/developer/docs/api/v8: access-refresh, get-users."""

from gateway.errors import ProviderMisconfigured, ProviderRefused, TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Person, documented

USERS = "www.zohoapis.eu/crm/v8/users"
KEPT = {"api_domain": "https://www.zohoapis.eu"}
TOKEN = KEPT | {"access_token": "1000.FAKE", "token_type": "Bearer", "expires_in": 3600}
ANA = {"id": "554023000000235011", "zuid": "70235011", "full_name": "Ana Diaz", "status": "active"}
CENTRES = "zoho.com zoho.eu zoho.in zoho.com.au zoho.jp zoho.uk zoho.sa zohocloud.ca zoho.com.cn"


class TestZohoCrm(ConnectorContract):
    connector = "zoho-crm"
    scopes = ("ZohoCRM.users.READ", "ZohoCRM.modules.READ")
    people = (
        Person(account="554023000000235011", typed={"data_centre": "zoho.eu"}),
        Person(account="111264000000447003", typed={"data_centre": "zohocloud.ca"}),
    )
    accepted_inputs = {
        "data_centre": {centre: centre for centre in CENTRES.split()} | {" Zoho.EU ": "zoho.eu"}
    }
    refused_inputs = {"data_centre": ("", "eu", "accounts.zoho.eu", "zoho.example", "zoho.eu/x")}
    exchange = documented(
        {**TOKEN, "refresh_token": "1000.FAKEr", "scope": "ZohoCRM.users.READ ZohoCRM.modules.READ"}
    )
    refresh = documented(TOKEN)
    accounts = {
        ("554023000000235011", "ana@acme.example"): AccountSample(
            {USERS: {"users": [ANA | {"email": "ana@acme.example"}]}}, KEPT
        ),
        ("554023000000235011", "Ana Diaz"): AccountSample({USERS: {"users": [ANA]}}, KEPT),
    }
    refusals = (
        ErrorSample(200, {"error": "invalid_code"}, TokenRejected),
        ErrorSample(200, {"error": "invalid_client_secret"}, ProviderMisconfigured),
        ErrorSample(200, {"error": "invalid_redirect_uri"}, ProviderRefused),
        ErrorSample(200, {"error": "invalid_code", "access_token": "1000.FAKE"}, TokenRejected),
    )
