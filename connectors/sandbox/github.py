"""GitHub, seen from its own side: an OAuth app and personal access tokens.

Sources: docs.github.com: "Authorizing OAuth apps", "Troubleshooting OAuth app access token request
errors", "Scopes for OAuth apps", REST: "Delete an app token", "Get the authenticated user".
PKCE: github.blog/changelog of 14 July 2025.
"""

from connectors.sandbox import KeyRules, Place, Refusal, RefusedRequest, RevokeRules, facts, rfc6749

_DOCS = "https://docs.github.com/rest"
_CODES = {
    "invalid_grant": ("bad_verification_code", "The code passed is incorrect or expired."),
    "invalid_client": (
        "incorrect_client_credentials",
        "The client_id and/or client_secret passed are incorrect.",
    ),
}


def _error(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "revoke":
        status = 401 if refused.reason == "client" else 422
        return Refusal(status, {"message": "Validation Failed", "documentation_url": _DOCS})
    code, text = _CODES.get(refused.error, (refused.error, refused.description))
    if refused.reason == "redirect_uri":
        code = "redirect_uri_mismatch"
    return Refusal(200, {"error": code, "error_description": text})


PROVIDER = rfc6749(
    "github",
    title="GitHub",
    authorize="github.com/login/oauth/authorize",
    token="github.com/login/oauth/access_token",
    revoke=RevokeRules(
        address="api.github.com/applications/sandbox-github-client/token",
        method="DELETE",
        client_auth="basic",
        body_format="json",
        token_param="access_token",
        accepts=frozenset({"access_token"}),
    ),
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="never",
    expires_in=None,
    exchange_params=("code", "redirect_uri"),
    required={},
    params={"prompt", "login", "allow_signup"},
    account_choice={"prompt": "select_account"},
    answer=lambda issued: {"token_type": "bearer", "scope": ",".join(issued.scopes)},
    error_answer=_error,
    scopes="read:user user:email user repo public_repo read:org gist notifications workflow",
    accounts={
        (login, f"{name} ({login})"): {"login": login, "id": number, "name": name}
        for login, number, name in (
            ("ana-sandbox", 583201, "Ana Diaz"),
            ("ben-sandbox", 583202, "Ben Okoro"),
        )
    },
    api_base="api.github.com",
    api={"/user": facts("login", "id", "name")},
    api_refusal=Refusal(401, {"message": "Bad credentials", "documentation_url": _DOCS}),
    keys=KeyRules(
        held={
            "ana-sandbox": {"token": "ghp_Sandbox1ana0123456789abcdefghijABCDEFG"},
            "ben-sandbox": {"token": "github_pat_11SANDBOX2_ben9876543210abcdefghijABCDEFG"},
        },
        place=Place(headers={"authorization": "Bearer {token}"}),
    ),
)
