"""Coda, by coda.io/developers/apis/v1 (authentication, whoami, errors)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "coda",
    title="Coda",
    keys={
        "ana": {"key": "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809"},
        "ben": {"key": "2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(
        401, {"statusCode": 401, "statusMessage": "Unauthorized", "message": "Unauthorized"}
    ),
    api={"/whoami": facts("name", "loginId", "type", "workspace")},
    api_base="coda.io/apis/v1",
    facts={
        "ana": {
            "name": "Ana Diaz",
            "loginId": "ana@acme.example",
            "type": "user",
            "workspace": {"id": "ws-1a2b3c4d5e", "type": "workspace"},
        },
        "ben": {
            "name": "",
            "loginId": "ben@acme.example",
            "type": "user",
            "workspace": {"id": "ws-1a2b3c4d5e", "type": "workspace"},
        },
    },
)
