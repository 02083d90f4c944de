"""QuickBooks' contract, by developer.intuit.com: OAuth 2.0, CompanyInfo."""

from typing import Any

from gateway.errors import ProviderRefused
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Person, Probe, documented

REALM = "9130347596842001"
TOKEN = {"token_type": "bearer", "expires_in": 3600, "x_refresh_token_expires_in": 8726400}


def told(host: str, **names: str) -> AccountSample:
    company: dict[str, Any] = {"CompanyInfo": {"Id": "1", "Country": "US", **names}, "time": "…"}
    return AccountSample(
        {f"{host}.api.intuit.com/v3/company/{REALM}/companyinfo/{REALM}": company},
        metadata={"realm_id": REALM},
        callback={"realm_id": REALM},
        typed={"environment": "sandbox" if "sandbox" in host else "production"},
    )


class TestQuickBooks(ConnectorContract):
    connector = "quickbooks"
    scopes = ("com.intuit.quickbooks.accounting",)
    people = (
        Person(account=REALM, typed={"environment": "production"}),
        Person(account="4620816365002002", typed={"environment": "sandbox"}),
    )
    probe = Probe("/query?query=select%20*%20from%20Customer")
    accepted_inputs = {
        "environment": {"": "production", "production": "production", "Sandbox": "sandbox"}
        | {"sandbox": "sandbox"}
    }
    refused_inputs = {"environment": ("test", "quickbooks.api.intuit.com", "sandbox/x")}
    exchange = documented({**TOKEN, "access_token": "eyJFAKE", "refresh_token": "AB11FAKE"})
    refresh = documented({**TOKEN, "access_token": "eyJNEW", "refresh_token": "AB11NEW"})
    accounts = {
        (f"{REALM}:1", "Acme"): told("quickbooks", CompanyName="Acme", LegalName="Acme Inc"),
        (f"{REALM}:1", "Acme Inc"): told("sandbox-quickbooks", LegalName="Acme Inc"),
    }
    refusals = (ErrorSample(400, {"error": "invalid_request"}, ProviderRefused),)
