"""Ashby, by developers.ashbyhq.com (authentication, apiKey.info)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "ashby",
    title="Ashby",
    keys={
        "ana": {"key": "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80a"},
        "ben": {"key": "2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091b"},
    },
    basic=("{key}", ""),
    refusal=Refusal(401, {"success": False, "errors": ["unauthorized"]}),
    api={"POST /apiKey.info": lambda call: {"success": True, "results": {"title": "Gateway"}}},
    api_base="api.ashbyhq.com",
)
