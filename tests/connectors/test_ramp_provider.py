"""Ramp's contract, by docs.ramp.com/developer-api/v1: authorization, business."""

from gateway.testing import ConnectorContract, documented

BUSINESS = "api.ramp.com/developer/v1/business"
ID = "f0f9e4f0-7f6a-4f6e-9c1d-0d7f0e9f0a01"
TOKEN = {"token_type": "Bearer", "expires_in": 3600, "scope": "business:read transactions:read"}


class TestRamp(ConnectorContract):
    connector = "ramp"
    scopes = ("business:read", "transactions:read")
    exchange = documented({**TOKEN, "access_token": "ramp_FAKE", "refresh_token": "ramp_rFAKE"})
    refresh = documented({**TOKEN, "access_token": "ramp_NEW", "refresh_token": "ramp_rNEW"})
    accounts = {
        (ID, "Acme"): {BUSINESS: {"id": ID, "active": True, "business_name_on_card": "Acme"}},
        (ID, "Acme Inc."): {BUSINESS: {"id": ID, "business_name_legal": "Acme Inc."}},
    }
