"""Gusto's contract, by docs.gusto.com/app-integrations: OAuth2, token info."""

from gateway.testing import AccountSample, ConnectorContract, documented

INFO = "api.gusto.com/v1/token_info"
COMPANY = "1ff3b35e-8bcb-42a2-9a68-7a5d3f5b1c11"
ADMIN = "a5e8a1b4-0d4b-4a53-8d2f-8a0d9f0f1b22"
TOKEN = {"token_type": "bearer", "expires_in": 7200, "scope": "companies:read"}


class TestGusto(ConnectorContract):
    connector = "gusto"
    scopes = ()
    exchange = documented({**TOKEN, "access_token": "guFAKE", "refresh_token": "gurFAKE"})
    refresh = documented({**TOKEN, "access_token": "guNEW", "refresh_token": "gurNEW"})
    accounts = {
        (f"{COMPANY}:{ADMIN}", f"Company {COMPANY}"): AccountSample(
            {
                INFO: {
                    "scope": "companies:read",
                    "resource": {"type": "Company", "uuid": COMPANY},
                    "resource_owner": {"type": "CompanyAdmin", "uuid": ADMIN},
                }
            },
            {"company_uuid": COMPANY},
        )
    }
