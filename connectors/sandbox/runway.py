"""Runway, by docs.dev.runwayml.com (API reference, versioning, errors) and its client.

The client says the version header, the organization's members and the task's.
"""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "runway",
    title="Runway",
    headers={"authorization": "Bearer {key}"},
    required_headers={"x-runway-version": frozenset({"2024-11-06"})},
    keys={"acme": {"key": "key_" + "5a0d" * 32}, "globex": {"key": "key_" + "71bc" * 32}},
    refusal=Refusal(401, {"error": "You are not authorized to perform this action."}),
    api_base="api.dev.runwayml.com/v1",
    api={
        "/organization": lambda call: {
            "creditBalance": 1000,
            "tier": {"maxMonthlyCreditSpend": 10000, "models": {}},
            "usage": {"models": {}},
        }
    },
)
