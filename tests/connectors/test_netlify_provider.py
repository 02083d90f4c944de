"""Netlify's contract, by docs.netlify.com and netlify/open-api: user."""

from gateway.testing import ConnectorContract, documented

USER = "api.netlify.com/api/v1/user"
ID = "5f0000000000000000000001"
ANA = {"id": ID, "full_name": "Ana Diaz", "site_count": 3}


class TestNetlify(ConnectorContract):
    connector = "netlify"
    scopes = ()
    exchange = documented({"access_token": "nfFAKE", "token_type": "Bearer"})
    accounts = {
        (ID, "ana@acme.example"): {USER: {**ANA, "email": "ana@acme.example"}},
        (ID, "Ana Diaz"): {USER: ANA},
    }
