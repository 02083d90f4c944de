"""Luma, by docs.lumalabs.ai (API, get credits, errors)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "luma",
    title="Luma",
    headers={"authorization": "Bearer {key}"},
    keys={
        "acme": {"key": "luma-SandboxAcme-0123456789abcdefghij"},
        "globex": {"key": "luma-SandboxGlobex_9876543210abcdefgh"},
    },
    refusal=Refusal(401, {"detail": "Invalid API key"}),
    api_base="api.lumalabs.ai/dream-machine/v1",
    api={"/credits": lambda call: {"credit_balance": 1000}},
)
