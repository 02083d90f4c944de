"""Pipedrive's contract, by pipedrive.readme.io/docs/marketplace-oauth-authorization and
developers.pipedrive.com/docs/api/v1/Users."""

from gateway.testing import AccountSample, ConnectorContract, documented

ME = "acme.pipedrive.com/api/v1/users/me"
KEPT = {"api_domain": "https://acme.pipedrive.com"}
TOKEN = {**KEPT, "token_type": "Bearer", "scope": "base,deals:full", "expires_in": 3599}
ANA = {"id": 11, "name": "Ana Diaz", "email": "ana@acme.example", "company_id": 7000001}
SCOPES = ("base", "deals:full")


def _me(**more: str) -> dict[str, object]:
    return {ME: {"success": True, "data": {**ANA, **more}}}


class TestPipedrive(ConnectorContract):
    connector = "pipedrive"
    scopes = ()
    exchange = documented(
        {**TOKEN, "access_token": "v1u:FAKE", "refresh_token": "123:FAKE"}, scopes=SCOPES
    )
    refresh = documented(
        {**TOKEN, "access_token": "v1u:NEW", "refresh_token": "123:NEW"}, scopes=SCOPES
    )
    accounts = {
        ("7000001:11", "Acme (ana@acme.example)"): AccountSample(_me(company_name="Acme"), KEPT),
        ("7000001:11", "ana@acme.example"): AccountSample(_me(), KEPT),
    }
