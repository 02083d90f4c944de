"""Intercom, seen from its own side.

Sources: developers.intercom.com, Setting up OAuth; intercom/Intercom-OpenAPI (``/me``, errors). The
refusals of the token endpoint are not documented: their shape is that of the API.
"""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, RefusedRequest, RevokeRules, rfc6749

_APP = "{us=app.intercom.com|eu=app.eu.intercom.com|au=app.au.intercom.com}"
_API = "{us=api.intercom.io|eu=api.eu.intercom.io|au=api.au.intercom.io}"


def _error(refused: RefusedRequest) -> Refusal:
    status = 401 if refused.error in {"invalid_grant", "invalid_client", "invalid_token"} else 400
    code = "unauthorized" if status == 401 else "parameter_invalid"
    return Refusal(status, {"type": "error.list", "errors": [{"code": code, "message": "…"}]})


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    return {"token": issued.access_token}  # beside access_token, for older apps


def _me(call: ApiCall) -> dict[str, Any]:
    workspace = {
        "type": "app",
        "id_code": f"{call.account.facts['workspace']}{call.tenant}",
        "name": call.account.facts["name"],
        "region": call.tenant.upper(),
    }
    person = {name: call.account.facts[name] for name in ("id", "email")}
    return {"type": "admin", **person, "email_verified": True, "app": workspace}


PROVIDER = rfc6749(
    "intercom",
    title="Intercom",
    authorize=f"{_APP}/oauth",
    token=f"{_API}/auth/eagle/token",
    revoke=RevokeRules(address=f"{_API}/auth/uninstall", token="api_header", reach="account"),
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    answer=_answer,
    error_answer=_error,
    required={},
    exchange_params={"code"},
    scopes="",
    accounts={
        (f"{workspace}-{number}", f"{name} ({email})"): {
            "workspace": workspace,
            "name": name,
            "id": str(number),
            "email": email,
        }
        for workspace, name, number, email in (
            ("ac", "Acme", 660001, "ana@acme.example"),
            ("ac", "Acme", 660002, "ben@acme.example"),
            ("gl", "Globex", 660001, "cleo@globex.example"),
        )
    },
    api_base=_API,
    api={"/me": _me},
)
