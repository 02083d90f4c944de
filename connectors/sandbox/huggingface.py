"""Hugging Face, by huggingface.co/docs/hub (user access tokens; the API, whoami-v2)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "huggingface",
    title="Hugging Face",
    keys={
        "ana": {"key": "hf_Sandbox1Ana0123456789ABCDEFGHIJabcd"},
        "ben": {"key": "hf_Sandbox2Ben9876543210ABCDEFGHIJwxyz"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(401, {"error": "Invalid username or password."}),
    api={"/whoami-v2": facts("type", "id", "name", "fullname", "email")},
    api_base="huggingface.co/api",
    api_hosts={"huggingface.co", "router.huggingface.co"},
    facts={
        "ana": {
            "type": "user",
            "id": "6500000000000000000000a1",
            "name": "anadiaz",
            "fullname": "Ana Diaz",
            "email": "ana@acme.example",
        },
        "ben": {
            "type": "user",
            "id": "6500000000000000000000b2",
            "name": "benokoro",
            "fullname": "Ben Okoro",
            "email": "ben@globex.example",
        },
    },
)
