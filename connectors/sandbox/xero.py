"""Xero, seen from its own side.

Sources: developer.xero.com/documentation/guides/oauth2/auth-flow, …/tenants, …/token-types,
…/faq/oauth2; XeroAPI/xero-node and XeroAPI/Xero-OpenAPI. That PKCE is verified beside a secret is
not documented.
"""

from dataclasses import replace
from typing import Any

from connectors.sandbox import (
    ApiCall,
    ApiRules,
    FictionalAccount,
    Refusal,
    RefusedRequest,
    RevokeRules,
    rfc6749,
)


def _id(kind: int, number: int) -> str:
    return f"11111111-aaaa-4000-8000-{kind:06}{number:06}"


_CONSENTS = tuple(
    {
        "xero_userid": _id(1, person),
        "authentication_event_id": _id(2, event),
        "tenantId": _id(3, tenant),
        "tenantName": name,
        "label": f"{name} ({email})",
    }
    for event, person, tenant, name, email in (
        (1, 1, 1, "Acme Ltd", "ana@acme.example"),
        (2, 2, 1, "Acme Ltd", "ben@acme.example"),
        (3, 1, 2, "Globex Pty", "ana@acme.example"),
    )
)
"""Each is one person's consent for one organisation."""


def _claims(account: FictionalAccount) -> dict[str, Any]:
    return {**account.facts}


def _connections(call: ApiCall) -> list[Any]:
    """Every organisation of the person, those of other consents, too."""
    person = call.account.facts["xero_userid"]
    return [
        {
            "id": consent["authentication_event_id"].replace("1111-aaaa", "2222-bbbb"),
            "authEventId": consent["authentication_event_id"],
            "tenantId": consent["tenantId"],
            "tenantType": "ORGANISATION",
            "tenantName": consent["tenantName"],
        }
        for consent in reversed(_CONSENTS)
        if consent["xero_userid"] == person
    ]


def _organisation(call: ApiCall) -> dict[str, Any] | Refusal:
    tenant = call.headers.get("xero-tenant-id")
    if tenant not in {one["tenantId"] for one in _connections(call)}:
        return Refusal(403, {"Title": "Forbidden", "Detail": "AuthenticationUnsuccessful"})
    name = next(one["tenantName"] for one in _CONSENTS if one["tenantId"] == tenant)
    return {"Status": "OK", "Organisations": [{"OrganisationID": tenant, "Name": name}]}


def _error(refused: RefusedRequest) -> Refusal:
    return Refusal(400, {"error": refused.error})  # a wrong secret, too


_PLAIN = rfc6749(
    "xero",
    title="Xero",
    authorize="login.xero.com/identity/connect/authorize",
    token="identity.xero.com/connect/token",
    revoke=RevokeRules(
        address="identity.xero.com/connect/revocation",
        client_auth="basic",
        accepts=frozenset({"refresh_token"}),
        reach="account",
    ),
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="replay",
    grace_seconds=1800,
    expires_in=1800,
    offline="offline_access",
    claims=_claims,
    error_answer=_error,
    required={"response_type": "code", "scope": None},
    scopes="openid profile email offline_access accounting.contacts accounting.contacts.read "
    "accounting.settings accounting.settings.read accounting.invoices accounting.invoices.read",
    accounts={
        (one["authentication_event_id"], one["label"]): {
            name: one[name] for name in ("xero_userid", "authentication_event_id")
        }
        for one in _CONSENTS
    },
    api_base="api.xero.com",
    api={"/connections": _connections},
    api_refusal=Refusal(401, {"Title": "Unauthorized", "Detail": "AuthenticationUnsuccessful"}),
)
PROVIDER = replace(
    _PLAIN,
    api=(
        *_PLAIN.api,
        ApiRules(
            address="api.xero.com/api.xro/2.0/Organisation",
            answer=_organisation,
            required_headers={"xero-tenant-id": frozenset(one["tenantId"] for one in _CONSENTS)},
        ),
    ),
)
