"""Bitly, seen from its own side.

Sources: dev.bitly.com/docs/getting-started/authentication, dev.bitly.com/api-reference (getUser).
"""

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "bitly",
    title="Bitly",
    authorize="bitly.com/oauth/authorize",
    token="api-ssl.bitly.com/oauth/access_token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    exchange_params=("code", "redirect_uri"),
    required={},
    answer=lambda issued: {"login": issued.account.facts["login"]},
    answer_without={"token_type"},
    scopes="",
    accounts={
        (login, f"{name} ({login})"): {
            "login": login,
            "name": name,
            "emails": [{"email": f"{login}@acme.example", "is_primary": True}],
        }
        for login, name in (("anasandbox", "Ana Diaz"), ("bensandbox", "Ben Okoro"))
    },
    api_base="api-ssl.bitly.com/v4",
    api={"/user": facts("login", "name", "emails")},
    api_refusal=Refusal(403, {"message": "FORBIDDEN"}),
)
