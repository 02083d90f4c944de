"""HighLevel's contract. Source: marketplace.gohighlevel.com/docs, OAuth 2.0 and locations."""

from gateway.errors import TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Probe, documented

KEPT = {"location_id": "ve9EFAKE"}
LOCATION = "services.leadconnectorhq.com/locations/ve9EFAKE"
TOKENS = {
    "token_type": "Bearer",
    "expires_in": 86399,
    "scope": "locations.readonly contacts.readonly",
    "userType": "Location",
    "companyId": "GNb7FAKE",
    "locationId": "ve9EFAKE",
}
ACME = {"id": "ve9EFAKE", "email": "office@acme.example"}


class TestHighLevel(ConnectorContract):
    connector = "highlevel"
    scopes = ("locations.readonly", "contacts.readonly")
    probe = Probe("/contacts/")
    exchange = documented({**TOKENS, "access_token": "eyJFAKE", "refresh_token": "hrFAKE"})
    refresh = documented({**TOKENS, "access_token": "eyJNEW", "refresh_token": "hrNEW"})
    accounts = {
        ("ve9EFAKE", "Acme"): AccountSample(
            {LOCATION: {"location": {**ACME, "name": "Acme"}}}, KEPT
        ),
        ("ve9EFAKE", "office@acme.example"): AccountSample({LOCATION: {"location": ACME}}, KEPT),
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),)
