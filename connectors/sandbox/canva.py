"""Canva, by the OpenAPI document of its Connect API (canva-sdks/canva-connect-api-starter-kit,
``openapi/spec.yml``) and canva.dev/docs/connect/authentication.
"""

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "canva",
    title="Canva",
    authorize="www.canva.com/api/oauth/authorize",
    token="api.canva.com/rest/v1/oauth/token",
    revoke="api.canva.com/rest/v1/oauth/revoke",
    client_auth="basic",
    body_format="form",
    pkce="required",
    rotation="strict",
    expires_in=14_400,
    scopes="design:meta:read design:content:read design:content:write folder:read asset:read "
    "asset:write profile:read comment:read",
    accounts={
        (user, name): {"team_user": {"user_id": user, "team_id": "Oi2Sandbox"}}
        for user, name in (("auSandboxAna", "Ana Diaz"), ("auSandboxBen", "Ben Okoro"))
    },
    api_base="api.canva.com/rest/v1",
    api={"/users/me": facts("team_user")},
    api_refusal=Refusal(
        401, {"code": "invalid_access_token", "message": "Access token is invalid"}
    ),
)
