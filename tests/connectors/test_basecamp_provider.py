"""Basecamp's contract, by basecamp/bc3-api: sections/authentication.md."""

from typing import Any

from gateway.testing import AccountSample, ConnectorContract, documented

ME = "launchpad.37signals.com/authorization.json"
TOKEN = {"token_type": "Bearer", "expires_in": 1209600}


def _known(**identity: Any) -> AccountSample:
    accounts = [
        {"product": "bcx", "id": 88888888, "name": "Old"},
        {
            "product": "bc3",
            "id": 99999999,
            "name": "Honcho Design",
            "href": "https://3.basecampapi.com/99999999",
        },
    ]
    answer = {"identity": {"id": 9999999, **identity}, "accounts": accounts}
    return AccountSample({ME: answer}, {"account_id": 99999999})


class TestBasecamp(ConnectorContract):
    connector = "basecamp"
    scopes = ()
    exchange = documented({**TOKEN, "access_token": "BAhbFAKE", "refresh_token": "BAhbrFAKE"})
    refresh = documented({**TOKEN, "access_token": "BAhbNEW", "refresh_token": "BAhbrNEW"})
    accounts = {
        ("99999999:9999999", "Honcho Design (ana@acme.example)"): _known(
            email_address="ana@acme.example"
        ),
        ("99999999:9999999", "Honcho Design"): _known(),
    }
