"""ClickUp, by developer.clickup.com: docs/authentication, docs/common_errors,
reference/getaccesstoken, reference/getauthorizeduser. ``OAUTH_014``: clients that read it.
"""

from connectors.sandbox import Refusal, RefusedRequest, facts, rfc6749


def _error(refused: RefusedRequest) -> Refusal:
    code = "OAUTH_010" if refused.reason == "client" else "OAUTH_014"
    return Refusal(refused.status, {"err": refused.description, "ECODE": code})


PROVIDER = rfc6749(
    "clickup",
    title="ClickUp",
    authorize="app.clickup.com/api",
    token="api.clickup.com/api/v2/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="json",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    required={},
    exchange_params={"code"},
    answer_without={"token_type"},
    error_answer=_error,
    api_refusal=Refusal(401, {"err": "Token invalid", "ECODE": "OAUTH_025"}),
    scopes="",
    accounts={
        (str(number), name): {"user": {"id": number, "username": name, "email": email}}
        for number, name, email in (
            (81000001, "Ana Diaz", "ana@acme.example"),
            (81000002, "Ben Okoro", "ben@globex.example"),
        )
    },
    api_base="api.clickup.com/api/v2",
    api={"/user": facts("user")},
)
