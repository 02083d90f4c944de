"""Figma, by developers.figma.com/docs/rest-api and Figma's OpenAPI description of its REST API."""

from connectors.sandbox import Refusal, RefusedRequest, facts, needs, rfc6749

# The users' endpoint knows no 401, and its errors have another shape than the token endpoint's.
_NO_SCOPE = Refusal(403, {"status": 403, "err": "Invalid scope: current_user:read is required"})
_NO_TOKEN = Refusal(403, {"status": 403, "err": "Invalid token"})


def _error(refused: RefusedRequest) -> Refusal:
    body = {"error": True, "status": refused.status, "message": refused.description, "i18n": None}
    return Refusal(refused.status, body)


PROVIDER = rfc6749(
    "figma",
    title="Figma",
    authorize="www.figma.com/oauth",
    token="api.figma.com/v1/oauth/token",
    refresh="api.figma.com/v1/oauth/refresh",
    refresh_params={"refresh_token"},  # all that is documented
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="none",
    ends_access_token=True,  # one access token is alive for a person and an app
    code_seconds=30,
    expires_in=7_776_000,
    answer_without={"scope"},
    error_answer=_error,
    scopes="current_user:read file_content:read file_metadata:read file_comments:read "
    "file_comments:write projects:read",
    scope_separator=",",  # spaces are taken, too; the documented example has commas
    accounts={  # the ids have more digits than a JSON number keeps everywhere
        (user, f"{handle} ({email})"): {"id": user, "handle": handle, "email": email}
        for user, handle, email in (
            ("1200000000000000001", "Ana Diaz", "ana.diaz@example.com"),
            ("1200000000000000002", "Ana (Acme)", "ana@acme.example"),
        )
    },
    api_base="api.figma.com/v1",
    api={"/me": needs("current_user:read", _NO_SCOPE, facts("id", "handle", "email"))},
    api_refusal=_NO_TOKEN,
)
