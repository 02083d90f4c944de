"""Front's contract, by dev.frontapp.com/docs/oauth and dev.frontapp.com/reference."""

from dataclasses import replace

from gateway.testing import ConnectorContract, documented

ME = "api2.frontapp.com/me"
ACME = {"_links": {"self": "https://acme.api.frontapp.com/me"}, "id": "cmp_1a"}
TOKEN = {"expires_at": "2026-01-01T01:00:00Z", "token_type": "Bearer"}


class TestFront(ConnectorContract):
    connector = "front"
    scopes = ()
    exchange = replace(
        documented({**TOKEN, "access_token": "fFAKE", "refresh_token": "frFAKE"}), expires_in=3600
    )
    refresh = replace(
        documented({**TOKEN, "access_token": "fNEW", "refresh_token": "frFAKE"}), expires_in=3600
    )
    accounts = {
        ("cmp_1a", "Acme"): {ME: {**ACME, "name": "Acme"}},
        ("cmp_1a", "cmp_1a"): {ME: ACME},
    }
