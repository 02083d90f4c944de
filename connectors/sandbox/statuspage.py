"""Statuspage, by developer.statuspage.io (authentication, pages)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "statuspage",
    title="Statuspage",
    keys={
        "ana": {"key": "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809"},
        "ben": {"key": "2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a"},
    },
    headers={"authorization": "OAuth {key}"},
    refusal=Refusal(401, {"error": "Could not authenticate"}),
    api={"/pages": lambda call: []},
    api_base="api.statuspage.io/v1",
)
