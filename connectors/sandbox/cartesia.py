"""Cartesia, by docs.cartesia.ai (make an API request, list voices, API versions).

The versions are those that clients send.
"""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "cartesia",
    title="Cartesia",
    headers={"x-api-key": "{key}"},
    required_headers={"cartesia-version": frozenset({"2024-06-10", "2024-11-13", "2025-04-16"})},
    keys={
        "acme": {"key": "sk_car_SandboxAcme-0123456789abcd"},
        "globex": {"key": "sk_car_SandboxGlobex_9876543210ab"},
    },
    refusal=Refusal(401, {"error": "Invalid API key"}),
    api_base="api.cartesia.ai",
    api={"/voices": lambda call: {"data": [], "has_more": False}},
)
