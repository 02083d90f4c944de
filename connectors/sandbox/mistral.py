"""Mistral AI, by docs.mistral.ai/api (authentication, models)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "mistral",
    title="Mistral AI",
    headers={"authorization": "Bearer {key}"},
    keys={
        "acme": {"key": "SandboxAcme0123456789abcdefghijkl"},
        "globex": {"key": "SandboxGlobex9876543210abcdefghij"},
    },
    refusal=Refusal(401, {"detail": "Unauthorized"}),
    api_base="api.mistral.ai/v1",
    api={"/models": lambda call: {"object": "list", "data": []}},
)
