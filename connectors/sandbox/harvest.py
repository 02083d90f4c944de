"""Harvest, by help.getharvest.com/api-v2: authentication, accounts, users/me."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, rfc6749


def _accounts(call: ApiCall) -> dict[str, Any]:
    account = call.account.facts
    harvest = {"id": account["account"], "name": account["company"], "product": "harvest"}
    forecast = {"id": account["account"] + 5000, "name": account["company"], "product": "forecast"}
    user = {"id": account["id"], "first_name": account["name"], "email": account["email"]}
    return {"user": user, "accounts": [forecast, harvest]}


def _me(call: ApiCall) -> dict[str, Any] | Refusal:
    account = call.account.facts
    if call.headers.get("harvest-account-id") != str(account["account"]):
        return Refusal(404, {"status": 404, "error": "Not Found"})
    return {"id": account["id"], "first_name": account["name"], "email": account["email"]}


PROVIDER = rfc6749(
    "harvest",
    title="Harvest",
    authorize="id.getharvest.com/oauth2/authorize",
    token="id.getharvest.com/api/v2/oauth2/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=1_209_600,
    answer_without={"scope"},
    scopes="",
    accounts={
        (f"{account}:{number}", f"{email} ({company}, {name})"): {
            "id": number,
            "name": name,
            "email": email,
            "account": account,
            "company": company,
        }
        for number, name, email, account, company in (
            (11, "Ana Diaz", "ana@acme.example", 9001, "Acme"),
            (12, "Ben Okoro", "ben@globex.example", 9002, "Globex"),
        )
    },
    api_headers={"harvest-account-id?": frozenset({"9001", "9002"})},
    api_base="api.harvestapp.com/v2",
    api={"/users/me": _me, "id.getharvest.com/api/v2/accounts": _accounts},
    api_refusal=Refusal(
        401, {"error": "invalid_token", "error_description": "The access token is invalid"}
    ),
)
