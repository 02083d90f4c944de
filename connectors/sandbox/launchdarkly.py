"""LaunchDarkly, by launchdarkly.com/docs/api (authentication, caller identity, errors)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "launchdarkly",
    title="LaunchDarkly",
    keys={
        "ana": {"key": "api-1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809"},
        "ben": {"key": "api-2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a"},
    },
    headers={"authorization": "{key}"},
    refusal=Refusal(401, {"code": "unauthorized", "message": "Invalid account ID header"}),
    api={"/caller-identity": facts("accountId", "tokenId", "tokenName")},
    api_base="app.launchdarkly.com/api/v2",
    facts={
        "ana": {
            "accountId": "5f00000000000000000000a1",
            "tokenId": "6f00000000000000000000a1",
            "tokenName": "Ana's gateway",
        },
        "ben": {
            "accountId": "5f00000000000000000000a1",
            "tokenId": "6f00000000000000000000b2",
            "tokenName": "Flags",
        },
    },
)
