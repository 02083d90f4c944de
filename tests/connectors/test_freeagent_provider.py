"""FreeAgent's contract, by dev.freeagent.com/docs: OAuth, users."""

from gateway.testing import ConnectorContract, documented

ME = "api.freeagent.com/v2/users/me"
URL = "https://api.freeagent.com/v2/users/67"
ANA = {"url": URL, "first_name": "Ana", "last_name": "Diaz", "role": "Director"}
TOKEN = {"token_type": "bearer", "expires_in": 604800, "refresh_token_expires_in": 631139040}


class TestFreeAgent(ConnectorContract):
    connector = "freeagent"
    scopes = ()
    exchange = documented({**TOKEN, "access_token": "faFAKE", "refresh_token": "farFAKE"})
    refresh = documented({**TOKEN, "access_token": "faNEW", "refresh_token": "farNEW"})
    accounts = {
        (URL, "ana@acme.example"): {ME: {"user": {**ANA, "email": "ana@acme.example"}}},
        (URL, "Ana"): {ME: {"user": ANA}},
    }
