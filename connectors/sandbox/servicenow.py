"""ServiceNow, by servicenow.com/docs: authorization code grant workflow, OAuth API request and
response parameters, revoke OAuth tokens.

The refusal of the token endpoint: demisto/content and clients that quote it. The current user:
clients that read ``/api/now/ui/user/current_user``.
"""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, RefusedRequest, rfc6749

_HOST = "{tenant}.service-now.com"


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    # A refresh names the same refresh token once more.
    return {"scope": "useraccount", "refresh_token": issued.refresh_token}


def _error(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "api":
        return Refusal(401, {"error": {"message": "User Not Authenticated"}, "status": "failure"})
    return Refusal(401, {"error_description": "access_denied", "error": "server_error"})


def _me(call: ApiCall) -> dict[str, Any]:
    known = call.account.facts
    return {
        "result": {
            "user_sys_id": known["sys_id"],
            "user_name": f"{known['user']}@{call.tenant}.example",
            "user_display_name": known["name"],
        }
    }


PROVIDER = rfc6749(
    "servicenow",
    title="ServiceNow",
    authorize=f"{_HOST}/oauth_auth.do",
    token=f"{_HOST}/oauth_token.do",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="none",
    expires_in=1799,
    answer=_answer,
    error_answer=_error,
    scopes="",
    accounts={
        (sys_id, name): {"sys_id": sys_id, "name": name, "user": user}
        for sys_id, name, user in (
            ("sandbox0000000000000000000000ana", "Ana Diaz", "ana"),
            ("sandbox0000000000000000000000ben", "Ben Okoro", "ben"),
        )
    },
    api_base=f"{_HOST}/api/now",
    api={"/ui/user/current_user": _me},
)
