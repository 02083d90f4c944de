"""Exa's own side, by exa.ai/docs (get-team-info, admin/error-codes)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "exa",
    title="Exa",
    headers={"x-api-key": "{key}"},
    keys={
        "ana": {"key": "5a1db0c4-94e7-4f8b-82d6-c03e9f71a58a"},
        "ben": {"key": "c73e9d10-8452-4fa6-b1c0-d4e8f2937bbe"},
    },
    refusal=Refusal(401, {"error": "Invalid API key", "tag": "INVALID_API_KEY"}),
    api_base="api.exa.ai",
    api={"/websets/v0/teams/me": facts("object", "id", "name", "concurrency", "limits")},
    facts={
        key: {
            "object": "team",
            "id": f"team_{key}01",
            "name": f"{name}'s team",
            "concurrency": {"active": 0, "queued": 0},
            "limits": {"maxConcurrent": 5, "maxQueued": None},
        }
        for key, name in (("ana", "Ana Diaz"), ("ben", "Ben Okoro"))
    },
)
