"""Freshdesk, by developers.freshdesk.com/api (authentication, currently authenticated agent)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "freshdesk",
    title="Freshdesk",
    keys={
        "ana": {"domain": "acme", "key": "Sandbox1AnaAbCdEf012"},
        "ben": {"domain": "globex", "key": "Sandbox2BenAbCdEf210"},
    },
    basic=("{key}", "X"),
    refusal=Refusal(
        401,
        {
            "code": "invalid_credentials",
            "message": "You have to be logged in to perform this action.",
        },
    ),
    api={"/agents/me": facts("id", "contact")},
    api_base="{tenant}.freshdesk.com/api/v2",
    facts={
        "ana": {"id": 82000001, "contact": {"name": "Ana Diaz", "email": "ana@acme.example"}},
        "ben": {"id": 82000001, "contact": {"name": "Ben Okoro", "email": "ben@globex.example"}},
    },
)
