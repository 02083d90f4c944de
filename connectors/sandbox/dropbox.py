"""Dropbox, seen from its own side.

Sources: dropbox.com/developers/documentation/http/documentation (authorize, token, token/revoke,
get_current_account), developers.dropbox.com/oauth-guide, dropbox.tech "Using OAuth 2.0 with offline
access".
"""

from typing import Any

from connectors.sandbox import IssuedTokens, Refusal, RevokeRules, facts, needs, rfc6749


def _api_error(tag: str) -> Refusal:
    return Refusal(401, {"error_summary": f"{tag}/...", "error": {".tag": tag}})


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    more = {"uid": issued.account.facts["uid"], "account_id": issued.account.facts["account_id"]}
    return {"token_type": "bearer"} if issued.is_refresh else {"token_type": "bearer", **more}


PROVIDER = rfc6749(
    "dropbox",
    title="Dropbox",
    authorize="www.dropbox.com/oauth2/authorize",
    token="api.dropboxapi.com/oauth2/token",
    revoke=RevokeRules(address="api.dropboxapi.com/2/auth/token/revoke", token="api_header"),
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="none",
    expires_in=14400,
    offline=lambda params, consented: params.get("token_access_type") == "offline",
    params={"token_access_type", "force_reapprove", "force_reauthentication", "locale"},
    account_choice={"force_reapprove": "true"},
    answer=_answer,
    scopes="account_info.read files.metadata.read files.content.read files.content.write "
    "sharing.read sharing.write",
    accounts={
        (uid, f"{name} ({email})"): {
            "uid": uid,
            "account_id": f"dbid:AASandbox{uid}",
            "name": {"display_name": name},
            "email": email,
        }
        for uid, name, email in (
            ("1201", "Ana Diaz", "ana.diaz@example.com"),
            ("1202", "Ben Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="api.dropboxapi.com/2",
    api={
        "POST /users/get_current_account": needs(
            "account_info.read", _api_error("missing_scope"), facts("account_id", "name", "email")
        )
    },
    api_hosts={"api.dropboxapi.com", "content.dropboxapi.com"},
    api_refusal=_api_error("invalid_access_token"),
)
