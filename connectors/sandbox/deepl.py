"""DeepL, by developers.deepl.com (authentication, usage and quota, errors)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "deepl",
    title="DeepL",
    keys={
        "ana": {"plan": "free", "key": "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809:fx"},
        "ben": {"plan": "pro", "key": "2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a"},
    },
    headers={"authorization": "DeepL-Auth-Key {key}"},
    refusal=Refusal(403, {"message": "Forbidden"}),
    api={"/usage": lambda call: {"character_count": 180118, "character_limit": 500000}},
    api_base="{free=api-free.deepl.com|pro=api.deepl.com}/v2",
)
