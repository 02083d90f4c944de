"""Help Scout's contract, by developer.helpscout.com/mailbox-api: authentication, resource owner."""

from gateway.testing import ConnectorContract, documented

ME = "api.helpscout.net/v2/users/me"
ANA = {"id": 4, "firstName": "Ana", "lastName": "Diaz", "role": "owner", "type": "user"}
TOKEN = {"token_type": "bearer", "expires_in": 172800}


class TestHelpScout(ConnectorContract):
    connector = "help-scout"
    scopes = ()
    exchange = documented({**TOKEN, "access_token": "hsFAKE", "refresh_token": "hsrFAKE"})
    refresh = documented({**TOKEN, "access_token": "hsNEW", "refresh_token": "hsrNEW"})
    accounts = {
        ("4", "ana@acme.example"): {ME: {**ANA, "email": "ana@acme.example"}},
        ("4", "Ana"): {ME: ANA},
    }
