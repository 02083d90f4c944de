"""DocuSign, by developers.docusign.com/platform/auth: authorization code grant, scopes, userinfo;
docusign.com/blog/developers/authorization-code-grant-refresh-tokens. No scope is listed there."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, rfc6749

_DENIED = Refusal(401, {"errorCode": "AUTHORIZATION_INVALID_TOKEN", "message": "The token expired"})
_OTHER = {"account_id": "sandbox-other", "is_default": False, "account_name": "Old", "base_uri": ""}


def _userinfo(call: ApiCall) -> dict[str, Any]:
    known = call.account.facts
    default = {
        "account_id": known["account_id"],
        "is_default": True,
        "account_name": "Acme",
        "base_uri": f"https://{known['site']}.docusign.net",
    }
    person = {name: known[name] for name in ("sub", "name", "email")}
    return {**person, "accounts": [_OTHER, default]}


def _account(call: ApiCall) -> dict[str, Any] | Refusal:
    """The default account at its own host; another host does not know the token."""
    known = call.account.facts
    if not call.address.startswith(f"{known['site']}."):
        return _DENIED
    if "signature" not in call.scopes:
        return Refusal(403, {"errorCode": "ACCESS_DENIED", "message": "signature is required"})
    return {"users": [{"userId": known["sub"], "userName": known["name"]}]}


PROVIDER = rfc6749(
    "docusign",
    title="DocuSign",
    authorize="account.docusign.com/oauth/auth",
    token="account.docusign.com/oauth/token",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=28_800,
    code_seconds=120,
    answer_without={"scope"},
    params={"prompt", "login_hint", "ui_locales"},
    account_choice={"prompt": "login"},
    scopes="signature extended impersonation",
    accounts={
        (sub, name): {
            "sub": sub,
            "name": name,
            "email": f"{name.split()[0].lower()}@acme.example",
            "account_id": f"{sub}-account",
            "site": site,
        }
        for sub, name, site in (
            ("sandbox-ana", "Ana Diaz", "na3"),
            ("sandbox-ben", "Ben Okoro", "eu"),
        )
    },
    api_base="{tenant}.docusign.net/restapi/v2.1/accounts",
    api={"account.docusign.com/oauth/userinfo": _userinfo, "/*": _account},
    api_hosts={"account.docusign.com", "*.docusign.net"},
    api_refusal=_DENIED,
)
