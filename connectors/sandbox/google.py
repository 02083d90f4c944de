"""Google, by developers.google.com/identity/protocols/oauth2/web-server and …/openid-connect."""

from typing import Any

from connectors.sandbox import Refusal, RevokeRules, facts, needs, rfc6749

_EMAIL = "https://www.googleapis.com/auth/userinfo.email"
_PROFILE = "https://www.googleapis.com/auth/userinfo.profile"
_PRODUCTS = " ".join(
    f"https://www.googleapis.com/auth/{product}"
    for product in (
        "gmail.modify gmail.readonly gmail.send gmail.compose gmail.labels calendar "
        "calendar.readonly calendar.events drive drive.readonly drive.file documents "
        "documents.readonly spreadsheets spreadsheets.readonly tasks tasks.readonly contacts "
        "contacts.readonly bigquery bigquery.insertdata"
    ).split()
)
"""By developers.google.com/identity/protocols/oauth2/scopes."""
_EXPANDED = {"email": _EMAIL, "profile": _PROFILE}

_userinfo = needs(
    "openid",
    Refusal(403, {"error": "insufficient_scope"}),
    facts("sub", "name", email=f"email {_EMAIL}"),
)
AUTHORIZATION_SERVER: dict[str, Any] = {
    "authorize": "accounts.google.com/o/oauth2/v2/auth",
    "token": "oauth2.googleapis.com/token",
    "revoke": RevokeRules(address="oauth2.googleapis.com/revoke", reach="account"),
    "client_auth": "post",
    "body_format": "form",
    "pkce": "verified",
    "rotation": "none",
    "expires_in": 3599,
    # At the first consent, or whenever consent is asked for again.
    "offline": lambda params, before: (
        params.get("access_type") == "offline" and (not before or params.get("prompt") == "consent")
    ),
    "approval_codes": {"admin_policy_enforced", "access_not_configured"},
    "params": {"access_type", "prompt", "include_granted_scopes", "login_hint"},
    "refresh_params": {"grant_type", "refresh_token", "scope?"},
    "issuer": "https://accounts.google.com",
}
"""One server for all of Google's APIs."""

PROVIDER = rfc6749(
    "google",
    title="Google",
    **AUTHORIZATION_SERVER,
    answer=lambda issued: {"scope": " ".join(_EXPANDED.get(s, s) for s in issued.scopes)},
    scopes=f"openid email profile {_EMAIL} {_PROFILE} {_PRODUCTS}",
    accounts={
        (sub, f"{name} ({email})"): {"sub": sub, "name": name, "email": email}
        for sub, name, email in (
            ("100000000000000000001", "Ana Diaz", "ana.diaz@example.com"),
            ("100000000000000000002", "Ana Diaz (work)", "ana@acme.example"),
            ("100000000000000000003", "Ben Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="www.googleapis.com",
    api={"/oauth2/v3/userinfo": _userinfo, "openidconnect.googleapis.com/v1/userinfo": _userinfo},
    api_hosts={  # by the reference of each product; Calendar and Drive are at www
        "bigquery.googleapis.com",
        "docs.googleapis.com",
        "gmail.googleapis.com",
        "openidconnect.googleapis.com",
        "people.googleapis.com",
        "sheets.googleapis.com",
        "tasks.googleapis.com",
        "www.googleapis.com",
    },
)
