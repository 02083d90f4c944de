"""Clerk, by clerk.com/docs/reference/backend-api (authentication, JWKS, errors)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "clerk",
    title="Clerk",
    keys={
        "ana": {"key": "sk_test_Sandbox1Ana0123456789ABCDEFGHIJabcdefgh"},
        "ben": {"key": "sk_live_Sandbox2Ben9876543210ABCDEFGHIJabcdefgh"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(
        401,
        {
            "errors": [
                {
                    "message": "The provided Clerk Secret Key is invalid.",
                    "code": "clerk_key_invalid",
                }
            ]
        },
    ),
    api={"/jwks": lambda call: {"keys": []}},
    api_base="api.clerk.com/v1",
)
