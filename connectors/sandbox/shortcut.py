"""Shortcut, by developer.shortcut.com/api/rest/v3 (authentication, get current member)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "shortcut",
    title="Shortcut",
    keys={
        "ana": {"key": "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809"},
        "ben": {"key": "2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a"},
    },
    headers={"shortcut-token": "{key}"},
    refusal=Refusal(401, {"message": "Unauthorized", "tag": "unauthorized"}),
    api={"/member": facts("id", "name", "mention_name")},
    api_base="api.app.shortcut.com/api/v3",
    facts={
        "ana": {
            "id": "1a000000-0000-4000-8000-000000000001",
            "name": "Ana Diaz",
            "mention_name": "ana",
        },
        "ben": {"id": "2b000000-0000-4000-8000-000000000002", "name": None, "mention_name": "ben"},
    },
)
