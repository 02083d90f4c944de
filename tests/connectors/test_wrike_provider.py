"""Wrike's contract. Sources: developers.wrike.com/oauth-20-authorization, …/api/v4/contacts."""

from gateway.errors import TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Probe, documented

ME = "www.wrike.com/api/v4/contacts"
KEPT = {"host": "www.wrike.com"}
TOKENS = {"token_type": "bearer", "expires_in": 3600, **KEPT}
ANA = {"id": "KUAFAKE", "firstName": "Ana", "lastName": "Diaz", "type": "Person", "me": True}


def told(**changes: str) -> AccountSample:
    """The person's own contact, with changes."""
    return AccountSample({ME: {"kind": "contacts", "data": [{**ANA, **changes}]}}, KEPT)


class TestWrike(ConnectorContract):
    connector = "wrike"
    scopes = ("wsReadOnly",)
    probe = Probe("/contacts?me=true")
    exchange = documented({**TOKENS, "access_token": "2YotFAKE", "refresh_token": "tGzvFAKE"})
    refresh = documented({**TOKENS, "access_token": "2YotNEW", "refresh_token": "tGzvNEW"})
    accounts = {("KUAFAKE", "Ana Diaz"): told(), ("KUAFAKE", "Ana"): told(lastName="")}
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),)
