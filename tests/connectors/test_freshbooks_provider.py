"""FreshBooks' contract, by freshbooks.com/api: authentication, identity model."""

from typing import Any

from gateway.testing import AccountSample, ConnectorContract, documented

ME = "api.freshbooks.com/auth/api/v1/users/me"
TOKEN = {
    "token_type": "Bearer",
    "expires_in": 43200,
    "scope": "user:profile:read user:clients:read user:invoices:read",
    "created_at": 1424471407,
}


def _known(**person: Any) -> AccountSample:
    business = {"id": 77128, "name": "BillSpring", "account_id": "zDmNq"}
    memberships = [{"id": 168372, "role": "owner", "business": business}]
    answer = {"response": {"id": 2192788, "business_memberships": memberships, **person}}
    return AccountSample({ME: answer}, {"account_id": "zDmNq", "business_id": 77128})


class TestFreshBooks(ConnectorContract):
    connector = "freshbooks"
    scopes = ("user:profile:read", "user:clients:read", "user:invoices:read")
    exchange = documented({**TOKEN, "access_token": "fbFAKE", "refresh_token": "fbrFAKE"})
    refresh = documented({**TOKEN, "access_token": "fbNEW", "refresh_token": "fbrNEW"})
    accounts = {
        ("2192788", "ana@acme.example"): _known(email="ana@acme.example"),
        ("2192788", "BillSpring"): _known(),
    }
