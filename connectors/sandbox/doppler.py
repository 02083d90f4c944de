"""Doppler, by docs.doppler.com/reference (token formats, me)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "doppler",
    title="Doppler",
    keys={
        "ana": {"key": "dp.pt.Ana1AbCdEf0123456789ABCDEFGHIJabcdefghijklm"},
        "ben": {"key": "dp.st.dev.Ben2AbCdEf0123456789ABCDEFGHIJabcdefghijk"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(401, {"messages": ["Invalid Auth token"], "success": False}),
    api={"/me": facts("workplace", "slug", "name", "type")},
    api_base="api.doppler.com/v3",
    facts={
        "ana": {
            "workplace": {"name": "Acme", "slug": "1a2b3c4d5e"},
            "slug": "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809",
            "name": "Gateway",
            "type": "personal",
        },
        "ben": {
            "workplace": {"name": "Globex", "slug": "2b3c4d5e6f"},
            "slug": "2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a",
            "name": "dev",
            "type": "service_token",
        },
    },
)
