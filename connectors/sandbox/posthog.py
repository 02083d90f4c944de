"""PostHog, by posthog.com/docs/api (authentication, users, errors)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "posthog",
    title="PostHog",
    keys={
        "ana": {"region": "us", "key": "phx_Sandbox1Ana0123456789ABCDEFGHIJabcdefghijk"},
        "ben": {"region": "eu", "key": "phx_Sandbox2Ben9876543210ABCDEFGHIJabcdefghijk"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(
        401,
        {
            "type": "authentication_error",
            "code": "authentication_failed",
            "detail": "Personal API key found in request Authorization header is invalid.",
        },
    ),
    api={"/users/@me/": facts("uuid", "email", "first_name")},
    api_base="{us=us.posthog.com|eu=eu.posthog.com}/api",
    facts={
        "ana": {
            "uuid": "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809",
            "email": "ana@acme.example",
            "first_name": "Ana",
        },
        "ben": {
            "uuid": "2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a",
            "email": "ben@globex.example",
            "first_name": "Ben",
        },
    },
)
