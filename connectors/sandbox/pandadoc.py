"""PandaDoc, by developers.pandadoc.com (API key authentication, current member, errors)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "pandadoc",
    title="PandaDoc",
    keys={
        "ana": {"key": "1a2b3c4d5e6f708192a3b4c5d6e7f80912345678"},
        "ben": {"key": "2b3c4d5e6f708192a3b4c5d6e7f8091a87654321"},
    },
    headers={"authorization": "API-Key {key}"},
    refusal=Refusal(
        401,
        {"type": "authentication_error", "detail": "Authentication credentials were not provided."},
    ),
    api={"/members/current": facts("user_id", "membership_id", "email")},
    api_base="api.pandadoc.com/public/v1",
    facts={
        "ana": {"user_id": "UAna1", "membership_id": "MAna1", "email": "ana@acme.example"},
        "ben": {"user_id": "UBen2", "membership_id": "MBen2", "email": "ben@globex.example"},
    },
)
