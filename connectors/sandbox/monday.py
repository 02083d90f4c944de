"""monday.com, by developer.monday.com/apps/docs: oauth-2-1, migrating-to-the-new-oauth-flow, and
the connectors that moved to that flow. An app of the new kind: PKCE is wanted.
"""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, RevokeRules, rfc6749

_VERSIONS = frozenset({"2026-07", "2026-10", "2027-01"})
_NO_SCOPE = {"code": "missingRequiredPermissions"}


def _graphql(call: ApiCall) -> Any:
    """The one query by which an account is read."""
    if call.json != {"query": "{ me { id name email } }"}:
        return Refusal(400, {"errors": [{"message": "Parse error on GraphQL query"}]})
    if "me:read" not in call.scopes:
        return {"errors": [{"message": "Missing required permissions", "extensions": _NO_SCOPE}]}
    return {"data": {"me": call.account.facts}, "account_id": 1}


PROVIDER = rfc6749(
    "monday",
    title="monday.com",
    authorize="auth.monday.com/oauth2/authorize",
    token="auth.monday.com/oauth_ms/oauth/token",
    revoke=RevokeRules(
        address="auth.monday.com/oauth_ms/oauth/revoke",
        client_auth="post",
        body_format="json",
        answer={"success": True},
    ),
    client_auth="post",
    body_format="json",
    pkce="required",
    rotation="strict",
    expires_in=None,  # it ends after a while, which only the token itself says
    scopes="me:read boards:read boards:write users:read account:read updates:write workspaces:read",
    accounts={
        (key, name): {"id": key, "name": name, "email": email}
        for key, name, email in (
            ("70000001", "Ana Diaz", "ana@acme.example"),
            ("70000002", "Ben Okoro", "ben@globex.example"),
        )
    },
    api_base="api.monday.com",
    api={"POST /v2": _graphql},
    api_headers={"api-version": _VERSIONS},
    api_refusal=Refusal(401, {"errors": ["Not Authenticated"]}),
)
