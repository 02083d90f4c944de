"""BambooHR, by documentation.bamboohr.com (getting started, fields). Errors have no JSON there."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "bamboohr",
    title="BambooHR",
    keys={
        "ana": {"company": "acme", "key": "1a2b3c4d5e6f708192a3b4c5d6e7f80912345678"},
        "ben": {"company": "globex", "key": "2b3c4d5e6f708192a3b4c5d6e7f8091a87654321"},
    },
    basic=("{key}", "x"),
    refusal=Refusal(401, {"error": "Unauthorized"}),
    api={"/meta/fields": lambda call: [{"id": 1, "name": "First Name", "type": "text"}]},
    api_base="{tenant}.bamboohr.com/api/v1",
)
