"""Mailchimp, by mailchimp.com/developer: Access data with OAuth 2, API root."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, rfc6749

_DENIED = Refusal(
    401, {"title": "API Key Invalid", "status": 401, "type": "https://mailchimp.example/errors"}
)


def _metadata(call: ApiCall) -> dict[str, Any]:
    known = call.account.facts
    email = f"{known['login']}@{known['accountname'].lower()}.example"
    login = {"login_id": known["login_id"], "login_name": known["login"], "login_email": email}
    return {
        "dc": known["dc"],
        "accountname": known["accountname"],
        "user_id": known["user_id"],
        "login": login,
        "api_endpoint": f"https://{known['dc']}.api.mailchimp.com",
    }


def _root(call: ApiCall) -> dict[str, Any] | Refusal:
    """The root of the API; another data centre does not know the token."""
    known = call.account.facts
    at_home = call.address.startswith(f"{known['dc']}.")
    return {"account_name": known["accountname"]} if at_home else _DENIED


PROVIDER = rfc6749(
    "mailchimp",
    title="Mailchimp",
    authorize="login.mailchimp.com/oauth2/authorize",
    token="login.mailchimp.com/oauth2/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    answer={"expires_in": 0, "scope": None},
    answer_without={"token_type"},
    offline=lambda params, consented_before: False,
    api_refusal=_DENIED,
    scopes="",
    accounts={
        (f"{user}-{login_id}", f"{name} ({login})"): {
            "user_id": user,
            "login_id": login_id,
            "login": login,
            "accountname": name,
            "dc": dc,
        }
        for user, login_id, login, name, dc in (
            (7000001, 71, "ana", "Acme", "us6"),
            (7000001, 72, "ben", "Acme", "us6"),
            (7000002, 73, "cleo", "Globex", "us21"),
        )
    },
    api_base="{tenant}.api.mailchimp.com/3.0",
    api={"login.mailchimp.com/oauth2/metadata": _metadata, "/": _root},
    api_auth=("authorization", "OAuth "),
    api_hosts={"login.mailchimp.com", "*.api.mailchimp.com"},
)
