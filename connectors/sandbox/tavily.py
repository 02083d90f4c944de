"""Tavily's own side, by docs.tavily.com (introduction, usage) and recorded answers on GitHub."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "tavily",
    title="Tavily",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "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"},
        "ben": {"key": "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"},
    },
    refusal=Refusal(401, {"detail": {"error": "Unauthorized: missing or invalid API key."}}),
    api_base="api.tavily.com",
    api={
        "/usage": lambda call: {
            "key": {"usage": 150, "limit": None},
            "account": {"current_plan": "Researcher", "plan_usage": 500, "plan_limit": 1000},
        }
    },
)
