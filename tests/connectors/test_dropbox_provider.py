"""Dropbox's contract. Source: dropbox.com/developers/documentation/http/documentation."""

from gateway.testing import ConnectorContract, Probe, documented

ACCOUNT = "api.dropboxapi.com/2/users/get_current_account"
TOKENS = {"token_type": "bearer", "expires_in": 14400, "scope": "account_info.read"}
ANA = {"account_id": "dbid:AAH4FAKE", "name": {"display_name": "Ana Diaz"}, "disabled": False}


class TestDropbox(ConnectorContract):
    connector = "dropbox"
    scopes = ("account_info.read", "files.metadata.read")
    probe = Probe("/users/get_current_account", "POST")
    exchange = documented(
        {
            **TOKENS,
            "access_token": "sl.FAKE",
            "refresh_token": "nBiFAKE",
            "account_id": "dbid:AAH4FAKE",
            "uid": "12345",
        }
    )
    refresh = documented({"access_token": "sl.NEW", "expires_in": 14400, "token_type": "bearer"})
    accounts = {
        ("dbid:AAH4FAKE", "ana@acme.example"): {ACCOUNT: {**ANA, "email": "ana@acme.example"}},
        ("dbid:AAH4FAKE", "Ana Diaz"): {ACCOUNT: ANA},
    }
