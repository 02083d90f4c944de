"""Xero's contract, by developer.xero.com/documentation/guides/oauth2 (auth-flow, tenants)."""

from typing import Any

import pytest

from connectors.catalog.xero import fetch_account_info
from connectors.errors import AccountUnfit, AccountUnreadable
from connectors.rfc6749 import unsigned_jwt
from gateway.errors import ProviderMisconfigured
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Probe, documented
from tests.connectors.test_account import Answer, Context

CONNECTIONS = "api.xero.com/connections"
CLAIMS = {"xero_userid": "1fe8", "authentication_event_id": "d99e"}
OTHER = {"id": "7777", "authEventId": "0000", "tenantId": "9a9a", "tenantName": "Older Ltd"}
ACME = {"id": "e1ee", "authEventId": "d99e", "tenantId": "70ea", "tenantType": "ORGANISATION"}
KEPT = {"tenant_id": "70ea"}
TOKENS = {
    "access_token": unsigned_jwt(CLAIMS),
    "expires_in": 1800,
    "token_type": "Bearer",
    "refresh_token": "FAKE",
    "scope": "openid offline_access accounting.contacts.read accounting.settings.read",
}


class TestXero(ConnectorContract):
    connector = "xero"
    scopes = ("openid", "offline_access", "accounting.contacts.read", "accounting.settings.read")
    probe = Probe("/api.xro/2.0/Organisation")
    exchange = refresh = documented(TOKENS)
    accounts = {
        ("70ea:1fe8", "Acme Ltd"): AccountSample(
            {CONNECTIONS: [OTHER, {**ACME, "tenantName": "Acme Ltd"}]}, KEPT
        ),
        ("70ea:1fe8", "70ea"): AccountSample({CONNECTIONS: [ACME]}, KEPT),
    }
    refusals = (ErrorSample(400, {"error": "invalid_client"}, ProviderMisconfigured),)


@pytest.mark.parametrize(
    ("claims", "answer", "error"),
    [
        (CLAIMS, Answer(200, [OTHER]), AccountUnfit),
        (CLAIMS, Answer(200, []), AccountUnfit),
        (CLAIMS, Answer(200, {"Status": 200}), AccountUnreadable),
        (CLAIMS, Answer(403, [ACME]), AccountUnreadable),
        ({"xero_userid": "1fe8"}, Answer(200, [ACME]), AccountUnreadable),
        ({"authentication_event_id": "d99e"}, Answer(200, [ACME]), AccountUnreadable),
    ],
    ids=["another consent's", "none", "no list", "403", "no event", "no person"],
)
async def test_an_organisation_of_another_consent_is_not_taken(
    claims: dict[str, Any], answer: Answer, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await fetch_account_info(Context(access_token=unsigned_jwt(claims), answer=answer))
