"""FreshBooks, by freshbooks.com/api: authentication, identity model (``users/me``), errors.

JSON at the token endpoint and the revocation: freshbooks-python and clients that quote it.
"""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, RevokeRules, needs, rfc6749


def _me(call: ApiCall) -> dict[str, Any]:
    known = call.account.facts
    business = {"id": known["business"], "account_id": known["account"], "name": known["company"]}
    memberships = [{"role": "owner", "business": business}]
    person = {"id": known["id"], "email": known["email"], "business_memberships": memberships}
    return {"response": person}


PROVIDER = rfc6749(
    "freshbooks",
    title="FreshBooks",
    authorize="auth.freshbooks.com/oauth/authorize",
    token="api.freshbooks.com/auth/oauth/token",
    revoke=RevokeRules(
        address="api.freshbooks.com/auth/oauth/revoke", client_auth="post", body_format="json"
    ),
    client_auth="post",
    body_format="json",
    pkce="ignored",
    rotation="strict",
    shared=True,  # only the newest refresh token of a person is alive
    expires_in=43_200,
    answer={"direct_buy_tokens": {}},
    scopes="user:profile:read user:clients:read user:clients:write user:invoices:read "
    "user:invoices:write",
    accounts={
        (str(user), f"{name} ({company})"): {
            "id": user,
            "email": f"{name.split()[0].lower()}@{company.lower()}.example",
            "business": user + 5_000_000,
            "account": account,
            "company": company,
        }
        for user, name, account, company in (
            (2000001, "Ana Diaz", "xZNQ1X", "Acme"),
            (2000002, "Ben Okoro", "yZNQ2X", "Globex"),
        )
    },
    api_base="api.freshbooks.com",
    api={
        "/auth/api/v1/users/me": needs(
            "user:profile:read",
            Refusal(403, {"message": "The server could not verify that you are authorized."}),
            _me,
        )
    },
    api_refusal=Refusal(401, {"error": "unauthenticated", "error_description": "Expired token"}),
)
