"""Honeycomb, by api-docs.honeycomb.io (authentication, auth)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "honeycomb",
    title="Honeycomb",
    keys={
        "ana": {"region": "us", "key": "Ana1AbCdEf0123456789ab"},
        "ben": {"region": "eu", "key": "2b3c4d5e6f708192a3b4c5d6e7f8091a"},
    },
    headers={"x-honeycomb-team": "{key}"},
    refusal=Refusal(401, {"error": "unknown API key - check your credentials"}),
    api={"/auth": facts("team", "environment")},
    api_base="{us=api.honeycomb.io|eu=api.eu1.honeycomb.io}/1",
    facts={
        "ana": {
            "team": {"name": "Acme", "slug": "acme"},
            "environment": {"name": "Production", "slug": "production"},
        },
        "ben": {
            "team": {"name": "Globex", "slug": "globex"},
            "environment": {"name": "", "slug": ""},
        },
    },
)
