"""TikTok, seen from its own side: Login Kit for the web.

Sources: developers.tiktok.com/doc/login-kit-web, …/oauth-user-access-token-management,
…/oauth-error-handling, …/tiktok-api-v2-get-user-info. The status of a refusal is not documented.
"""

from typing import Any

from connectors.sandbox import (
    ApiCall,
    IssuedTokens,
    Refusal,
    RefusedRequest,
    RevokeRules,
    needs,
    rfc6749,
)

_API = "open.tiktokapis.com/v2"
_LOG = {"log_id": "20261129000000SANDBOX"}


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    ids = {"open_id": issued.account.facts["open_id"], "refresh_expires_in": 31_536_000}
    return {**ids, "scope": ",".join(issued.scopes)}


def _error(refused: RefusedRequest) -> Refusal:
    return Refusal(refused.status, {**refused.standard.body, **_LOG})


def _api_error(status: int, code: str) -> Refusal:
    return Refusal(status, {"error": {"code": code, "message": "…", **_LOG}})


def _user(call: ApiCall) -> dict[str, Any] | Refusal:
    fields = [name for name in call.query.get("fields", "").split(",") if name]
    if not fields or not call.account.facts.keys() >= {*fields}:
        return _api_error(400, "invalid_params")
    user = {name: call.account.facts[name] for name in fields}
    return {"data": {"user": user}, "error": {"code": "ok", "message": "", **_LOG}}


PROVIDER = rfc6749(
    "tiktok",
    title="TikTok",
    authorize="www.tiktok.com/v2/auth/authorize/",
    token=f"{_API}/oauth/token/",
    revoke=RevokeRules(
        address=f"{_API}/oauth/revoke/", client_auth="post", accepts=frozenset({"access_token"})
    ),
    client_auth="post",
    body_format="form",
    names={"client_key": "client_id"},
    pkce="refused",  # not a parameter of the web flow
    rotation="strict",  # documented: take the newest; nothing is said of the old one
    expires_in=86400,
    answer=_answer,
    error_answer=_error,
    params={"disable_auto_auth"},
    required={"response_type": "code", "scope": None},
    account_choice={"disable_auto_auth": "1"},
    scopes="user.info.basic user.info.profile user.info.stats video.list video.upload",
    scope_separator=",",
    accounts={
        (f"-000{name}", name): {"open_id": f"-000{name}", "display_name": name}
        for name in ("AnaDances", "BenCooks")
    },
    api_base=_API,
    api={"/user/info/": needs("user.info.basic", _api_error(401, "scope_not_authorized"), _user)},
    api_refusal=_api_error(401, "access_token_invalid"),
)
