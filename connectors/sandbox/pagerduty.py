"""PagerDuty, by its OpenAPI document (PagerDuty/api-schema, REST), its own libraries for Python
(``OAuthTokenClient``) and its sample app with PKCE.
"""

from typing import Any

from connectors.sandbox import ApiCall, KeyRules, Place, Refusal, facts, needs, rfc6749

_ACCEPT = frozenset({"application/vnd.pagerduty+json;version=2"})
_FORBIDDEN = Refusal(403, {"error": {"code": 2010, "message": "Access Denied"}})


def _incidents(call: ApiCall) -> dict[str, Any] | Refusal:
    # Any key may read incidents; a token of OAuth needs the scope. No scopes are listed for a key.
    may = not call.scopes or "incidents.read" in call.scopes
    return {"incidents": []} if may else _FORBIDDEN


PROVIDER = rfc6749(
    "pagerduty",
    title="PagerDuty",
    authorize="identity.pagerduty.com/oauth/authorize",
    token="identity.pagerduty.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=86_400,
    scopes="users.read incidents.read incidents.write schedules.read schedules.write services.read "
    "teams.read oncalls.read escalation_policies.read",
    accounts={
        (key, name): {"user": {"id": key, "type": "user", "name": name, "email": email}}
        for key, name, email in (
            ("PANA001", "Ana Diaz", "ana@acme.example"),
            ("PBEN002", "Ben Okoro", "ben@globex.example"),
        )
    },
    api_base="api.pagerduty.com",
    api={"/users/me": needs("users.read", _FORBIDDEN, facts("user")), "/incidents": _incidents},
    api_headers={"accept": _ACCEPT},
    api_refusal=Refusal(401, {"error": "unauthorized"}),
    keys=KeyRules(
        held={
            "PANA001": {"key": "u+SandboxAna01234567"},
            "PBEN002": {"key": "u+SandboxBen98765432"},
        },
        place=Place(headers={"authorization": "Token token={key}"}),
    ),
)
