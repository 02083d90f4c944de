"""Snowflake, by docs.snowflake.com: user-guide/oauth-custom, developer-guide/sql-api.

An integration with refresh tokens that work once. A refusal carries RFC 6749's ``error`` among
Snowflake's own members.
"""

from connectors.sandbox import Refusal, RefusedRequest, facts, rfc6749

_HOST = "{*.snowflakecomputing.com}"


def _error(refused: RefusedRequest) -> Refusal:
    own = {"data": None, "code": None, "success": False, "message": refused.description}
    return Refusal(refused.status, {**own, "error": refused.error})


PROVIDER = rfc6749(
    "snowflake",
    title="Snowflake",
    authorize=f"{_HOST}/oauth/authorize",
    token=f"{_HOST}/oauth/token-request",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="strict",
    offline="refresh_token",
    expires_in=600,
    answer=lambda issued: {"username": issued.account.facts["username"]},
    answer_without={"scope"},
    error_answer=_error,
    scopes="refresh_token session:role:ANALYST session:role:PUBLIC",
    accounts={
        (login, name): {"username": login}
        for login, name in (("ANA_DIAZ", "Ana Diaz"), ("BEN_OKORO", "Ben Okoro"))
    },
    api_base=_HOST,
    api={"/api/v2/statements/01b2-sandbox": facts("username")},
    api_headers={"x-snowflake-authorization-token-type": frozenset({"OAUTH"})},
    api_refusal=Refusal(401, {"code": "390318", "message": "OAuth access token expired."}),
)
