"""Moneybird's contract, by developer.moneybird.com (authentication, administrations)."""

from gateway.testing import ConnectorContract, documented

PLACE = "moneybird.com/api/v2/administrations.json"
TOKENS = {
    "access_token": "at_FAKE",
    "token_type": "bearer",
    "refresh_token": "rt_FAKE",
    "scope": "sales_invoices",
    "created_at": 1764374400,
}


class TestMoneybird(ConnectorContract):
    connector = "moneybird"
    scopes = ("sales_invoices",)
    exchange = refresh = documented(TOKENS)
    accounts = {
        ("123", "Parkietje B.V."): {PLACE: [{"id": "123", "name": "Parkietje B.V."}]},
        ("123", "123"): {PLACE: [{"id": "123"}]},
    }
