"""Webflow, seen from its own side.

Sources: developers.webflow.com/data/reference/oauth-app, …/reference/token/authorized-by,
…/reference/scopes; developers.webflow.com/data/v1.0.0/docs/oauth.
"""

from connectors.sandbox import Refusal, RevokeRules, facts, needs, rfc6749


def _api_error(status: int, code: str, message: str) -> Refusal:
    return Refusal(status, {"message": message, "code": code, "externalReference": None})


PROVIDER = rfc6749(
    "webflow",
    title="Webflow",
    authorize="webflow.com/oauth/authorize",
    token="api.webflow.com/oauth/access_token",
    revoke=RevokeRules(
        address="webflow.com/oauth/revoke_authorization",
        client_auth="post",
        body_format="json",
        token_param="access_token",
        accepts=frozenset({"access_token"}),
        answer={"didRevoke": True},
    ),
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    answer={"token_type": "bearer"},
    scopes="authorized_user:read sites:read sites:write cms:read cms:write pages:read pages:write "
    "forms:read forms:write",
    required={"response_type": "code", "scope": None},
    accounts={
        (number, f"{first} {last} ({email})"): {
            "id": number,
            "email": email,
            "firstName": first,
            "lastName": last,
        }
        for number, first, last, email in (
            ("545bbecb7bdd6769632504a7", "Ana", "Diaz", "ana.diaz@example.com"),
            ("545bbecb7bdd6769632504a8", "Ben", "Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="api.webflow.com/v2",
    api={
        "/token/authorized_by": needs(
            "authorized_user:read",
            _api_error(403, "missing_scopes", "OAuthForbidden: You are missing the scope"),
            facts("id", "email", "firstName", "lastName"),
        )
    },
    api_refusal=_api_error(401, "not_authorized", "Request not authorized"),
)
