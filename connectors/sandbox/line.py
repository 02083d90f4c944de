"""LINE, by developers.line.biz: integrating LINE Login, PKCE, LINE Login 2.1 API reference."""

from connectors.sandbox import Refusal, facts, needs, rfc6749

PROVIDER = rfc6749(
    "line",
    title="LINE",
    authorize="access.line.me/oauth2/v2.1/authorize",
    token="api.line.me/oauth2/v2.1/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=2_592_000,
    params={"nonce", "prompt", "bot_prompt", "ui_locales"},
    required={"response_type": "code", "scope": None},
    scopes="profile openid email",
    accounts={
        (user, name): {"userId": user, "displayName": name}
        for user, name in (("UsandboxAna", "Ana Diaz"), ("UsandboxBen", "Ben Okoro"))
    },
    api_base="api.line.me",
    api={
        "/v2/profile": needs(
            "profile",
            Refusal(403, {"message": "The access token lacks the scope"}),
            facts("userId", "displayName"),
        )
    },
    api_refusal=Refusal(401, {"message": "The access token expired"}),
)
