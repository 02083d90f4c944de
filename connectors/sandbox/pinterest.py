"""Pinterest, by developers.pinterest.com (set up authentication) and pinterest/api-description:
oauth/token, user_account."""

from connectors.sandbox import Refusal, RefusedRequest, facts, needs, rfc6749


def _error(refused: RefusedRequest) -> Refusal:
    if refused.error == "invalid_client":
        return Refusal(401, {"code": 2, "message": "Authentication failed."})
    return Refusal(400, {"code": 283, "message": refused.description})


PROVIDER = rfc6749(
    "pinterest",
    title="Pinterest",
    authorize="www.pinterest.com/oauth/",
    token="api.pinterest.com/v5/oauth/token",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=2_592_000,
    answer={"refresh_token_expires_in": 5_184_000},
    error_answer=_error,
    required={"response_type": "code", "scope": None},
    scopes="user_accounts:read boards:read boards:write pins:read pins:write ads:read",
    scope_separator=",",
    accounts={
        (number, name): {"id": number, "username": user}
        for number, name, user in (
            ("549755885175", "Ana Diaz", "anadiaz"),
            ("549755885176", "Ben Okoro", "benokoro"),
        )
    },
    api_base="api.pinterest.com/v5",
    api={
        "/user_account": needs(
            "user_accounts:read",
            Refusal(403, {"code": 3, "message": "You are not permitted to access that resource."}),
            facts("id", "username"),
        )
    },
    api_refusal=Refusal(401, {"code": 2, "message": "Authentication failed."}),
)
