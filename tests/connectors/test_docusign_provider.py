"""DocuSign's contract, by developers.docusign.com/platform/auth: authcode, userinfo."""

from gateway.testing import AccountSample, ConnectorContract, Probe, documented

ME = "account.docusign.com/oauth/userinfo"
TOKEN = {"token_type": "Bearer", "expires_in": 28800}
ID = "50d89ab1-dad5-4a00-b410-92ee3110b970"
ACCOUNTS = [
    {"account_id": "fe0b61a3", "is_default": False, "base_uri": "https://na1.docusign.net"},
    {"account_id": "624e3e00", "is_default": True, "base_uri": "https://na3.docusign.net"},
]
ANA = {"sub": ID, "name": "Ana Diaz", "accounts": ACCOUNTS}
KEPT = {"account_id": "624e3e00", "base_uri": "https://na3.docusign.net"}


class TestDocuSign(ConnectorContract):
    connector = "docusign"
    scopes = ("signature", "extended")
    probe = Probe("/users")
    exchange = documented({**TOKEN, "access_token": "eyJ0eFAKE", "refresh_token": "eyJ0rFAKE"})
    refresh = documented({**TOKEN, "access_token": "eyJ0eNEW", "refresh_token": "eyJ0rNEW"})
    accounts = {
        (ID, "ana@acme.example"): AccountSample({ME: ANA | {"email": "ana@acme.example"}}, KEPT),
        (ID, "Ana Diaz"): AccountSample({ME: ANA}, KEPT),
    }
