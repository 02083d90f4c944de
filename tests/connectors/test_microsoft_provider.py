"""Microsoft's contract; the claims of its id_token: test_microsoft_tenant.py.

Sources: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow,
https://learn.microsoft.com/graph/api/user-get.
"""

from gateway.errors import ProviderRefused, ProviderUnavailable, TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

ME = "graph.microsoft.com/v1.0/me"
PERSON = "6a2f1c3e-0000-4000-8000-000000000002"
TENANT = "9d1c2b3a-0000-4000-8000-00000000000a"
# Claims: {"tid": TENANT, "oid": "6a2f"}.
ID_TOKEN = (
    "eyJhbGciOiAiUlMyNTYifQ."
    "eyJ0aWQiOiAiOWQxYzJiM2EtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDBhIiwgIm9pZCI6ICI2YTJmIn0."
    "InNpZ25hdHVyZSI"
)


def told(mail: str | None) -> AccountSample:
    me = {"id": PERSON, "mail": mail, "userPrincipalName": "ana.diaz@contoso.com"}
    return AccountSample({ME: me}, {"tenant_id": TENANT})


# MSAL's InteractionRequiredAuthErrorCodes that a server sends.
PERSON_NEEDED = (
    "bad_token",
    "consent_required",
    "interaction_required",
    "interrupted_user",
    "login_required",
)


class TestMicrosoft(ConnectorContract):
    connector = "microsoft"
    scopes = ("openid", "offline_access", "User.Read")
    exchange = documented(
        {
            "token_type": "Bearer",
            "scope": "openid profile email User.Read",
            "expires_in": 3599,
            "ext_expires_in": 3599,
            "access_token": "eyJ0eXAi.FAKE",
            "refresh_token": "0.AXoFAKE",
            "id_token": ID_TOKEN,
        },
        scopes=("openid", "profile", "email", "User.Read", "offline_access"),
    )
    refresh = documented(
        {
            "token_type": "Bearer",
            "scope": "openid https://graph.microsoft.com/User.Read",
            "expires_in": 4021,
            "access_token": "eyJ0eXAi.NEW",
            "refresh_token": "0.AXoNEW",
        },
        scopes=("openid", "User.Read", "offline_access"),
    )
    accounts = {
        (f"{TENANT}:{PERSON}", "ana@contoso.com"): told("ana@contoso.com"),
        (f"{TENANT}:{PERSON}", "ana.diaz@contoso.com"): told(None),
    }
    refusals = (
        ErrorSample(400, {"error": "invalid_grant", "error_codes": [70008]}, TokenRejected),
        *(ErrorSample(400, {"error": code}, ProviderRefused) for code in PERSON_NEEDED),
        *(ErrorSample(400, {"error": code}, TokenRejected, True) for code in PERSON_NEEDED),
        ErrorSample(400, {"error": "temporarily_unavailable"}, ProviderUnavailable),
    )
