"""DeepInfra, by deepinfra.com/docs (authentication, account)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "deepinfra",
    title="DeepInfra",
    headers={"authorization": "Bearer {key}"},
    keys={
        "acme": {"key": "SandboxAcme0123456789abcdefghijkl"},
        "globex": {"key": "SandboxGlobex9876543210abcdefghij"},
    },
    refusal=Refusal(401, {"detail": {"error": "User is not authenticated"}}),
    api_base="api.deepinfra.com/v1",
    api={"/me": lambda call: {"checklist": {"stripe_balance": -12.5, "recent": 1.2}}},
)
