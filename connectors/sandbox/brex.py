"""Brex, by developer.brex.com (authentication, partner authentication, FAQ on the lives of tokens)
and the security schemes of its OpenAPI documents (Team API, Expenses API)."""

from typing import Any

from connectors.sandbox import ApiCall, KeyRules, Place, Refusal, rfc6749


def _me(call: ApiCall) -> dict[str, Any] | Refusal:
    # A user token has no scopes here: it may do what its maker chose.
    if call.scopes and not {"users.readonly", "users"} & {*call.scopes}:
        return Refusal(403, {"message": "Missing scope"})
    return dict(call.account.facts)


PROVIDER = rfc6749(
    "brex",
    title="Brex",
    authorize="accounts-api.brex.com/oauth2/default/v1/authorize",
    token="accounts-api.brex.com/oauth2/default/v1/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=3600,
    required={"response_type": "code", "scope": None},
    scopes="openid offline_access users.readonly users cards.readonly cards"
    " expenses.card.readonly expenses.card",
    offline="offline_access",
    accounts={
        ("ana", "Ana Diaz"): {
            "id": "cuuser_ckze72soa117f01pkmf1aaaaa",
            "first_name": "Ana",
            "last_name": "Diaz",
            "email": "ana@acme.example",
        },
        ("ben", "Ben Okoro"): {
            "id": "cuuser_ckze72soa117f01pkmf1bbbbb",
            "first_name": "Ben",
            "last_name": "Okoro",
            "email": "ben@acme.example",
        },
    },
    api_base="api.brex.com",
    api={"/v2/users/me": _me},
    keys=KeyRules(
        held={
            "ana": {"key": "bxt_Sandbox1ana0123456789abcdefghij"},
            "ben": {"key": "bxt_Sandbox2ben9876543210abcdefghij"},
        },
        place=Place(headers={"authorization": "Bearer {key}"}),
    ),
)
