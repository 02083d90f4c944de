"""Box, seen from its own side.

Sources: developer.box.com/reference/get-authorize, …/post-oauth2-token, …/post-oauth2-revoke,
…/get-users-me; developer.box.com/guides/authentication/tokens/refresh.
"""

from connectors.sandbox import facts, rfc6749

PROVIDER = rfc6749(
    "box",
    title="Box",
    authorize="account.box.com/api/oauth2/authorize",
    token="api.box.com/oauth2/token",
    revoke="api.box.com/oauth2/revoke",
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=4123,
    answer={"token_type": "bearer", "restricted_to": []},
    answer_without={"scope"},
    scopes="root_readonly root_readwrite manage_managed_users manage_webhook",
    accounts={
        (number, f"{name} ({login})"): {"type": "user", "id": number, "name": name, "login": login}
        for number, name, login in (
            ("11446498", "Ana Diaz", "ana.diaz@example.com"),
            ("11446499", "Ben Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="api.box.com/2.0",
    api={"/users/me": facts("type", "id", "name", "login")},
)
