"""LinkedIn, seen from its own side: an app of a partner, which gets refresh tokens.

Sources: learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow,
…/programmatic-refresh-tokens; …/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2.
The answer to a verifier: UsefulSoftwareCo/executor#2087. Revocation: clients that call it.
"""

from typing import Any

from connectors.sandbox import IssuedTokens, Refusal, RefusedRequest, facts, needs, rfc6749

_CODE = (
    "Unable to retrieve access token: appid/redirect uri/code verifier does not match "
    "authorization code. Or authorization code expired. Or external member binding exists"
)
_GRANT = "The provided authorization grant or refresh token is invalid, expired or revoked"


def _error(refused: RefusedRequest) -> Refusal:
    if refused.reason == "client" or "code_verifier" in refused.description:
        said = {"error": "invalid_client", "error_description": "Client authentication failed"}
        return Refusal(401, said)
    if refused.error != "invalid_grant":
        return refused.standard
    is_code = refused.reason.startswith("code") or refused.reason == "redirect_uri"
    said = {"error": "invalid_request", "error_description": _CODE if is_code else _GRANT}
    return Refusal(400, said)


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    # A refresh names the same refresh token once more.
    token = {"refresh_token": issued.refresh_token, "refresh_token_expires_in": 31_536_000}
    return {"scope": ",".join(issued.scopes), **token}


def _api_error(status: int, number: int, code: str, message: str) -> Refusal:
    said = {"status": status, "serviceErrorCode": number, "code": code, "message": message}
    return Refusal(status, said)


PROVIDER = rfc6749(
    "linkedin",
    title="LinkedIn",
    authorize="www.linkedin.com/oauth/v2/authorization",
    token="www.linkedin.com/oauth/v2/accessToken",
    revoke="www.linkedin.com/oauth/v2/revoke",
    client_auth="post",
    body_format="form",
    pkce="refused",
    rotation="none",
    expires_in=5_184_000,
    answer=_answer,
    error_answer=_error,
    required={"response_type": "code", "scope": None},
    scopes="openid profile email w_member_social",
    accounts={
        (sub, name): {"sub": sub, "name": name}
        for sub, name in (("sandboxAna", "Ana Diaz"), ("sandboxBen", "Ben Okoro"))
    },
    api_base="api.linkedin.com",
    api={
        "/v2/userinfo": needs(
            "openid",
            _api_error(403, 100, "ACCESS_DENIED", "Not enough permissions to access: userinfo.GET"),
            facts("sub", name="profile"),
        )
    },
    api_refusal=_api_error(
        401, 65601, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked"
    ),
)
