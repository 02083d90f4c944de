"""Firecrawl's own side, by docs.firecrawl.dev (introduction, credit-usage).

The answer to a wrong key is what programs on GitHub have recorded.
"""

from connectors.sandbox import Refusal, key_provider

USAGE = {"remainingCredits": 1000, "planCredits": 500000}
PROVIDER = key_provider(
    "firecrawl",
    title="Firecrawl",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "fc-5a1db0c494e7f8b2d6c03e9f71a58a11"},
        "ben": {"key": "fc-c73e9d108452fa6b1c0d4e8f2937bbe1"},
    },
    refusal=Refusal(401, {"success": False, "error": "Unauthorized: Invalid token"}),
    api_base="api.firecrawl.dev/v2",
    api={"/team/credit-usage": lambda call: {"success": True, "data": USAGE}},
)
