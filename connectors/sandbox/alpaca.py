"""Alpaca's trading API, by docs.alpaca.markets (authentication, get account) and its OpenAPI
document; the refusals by alpacahq/Alpaca-API, issues 118 and 228."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "alpaca",
    title="Alpaca",
    headers={"apca-api-key-id": "{key_id}", "apca-api-secret-key": "{secret_key}"},
    keys={
        "ana": {
            "environment": "paper",
            "key_id": "PKSANDBOX0000000ANA1",
            "secret_key": "Sandbox1ana0123456789abcdefGHIJKLMNOPQRS",
        },
        "ben": {
            "environment": "live",
            "key_id": "AKSANDBOX0000000BEN2",
            "secret_key": "Sandbox2ben0123456789abcdefGHIJKLMNOPQRS",
        },
    },
    refusal=Refusal(403, {"message": "forbidden."}),
    api={"/account": facts("id", "account_number", "status", "currency")},
    api_base="{paper=paper-api.alpaca.markets|live=api.alpaca.markets}/v2",
    facts={
        "ana": {
            "id": "e6fe16f3-64a4-4921-8928-cadf02f92f98",
            "account_number": "PA3SANDBOX01",
            "status": "ACTIVE",
            "currency": "USD",
        },
        "ben": {
            "id": "0f0e0d0c-64a4-4921-8928-cadf02f92f99",
            "account_number": "010203ABCD",
            "status": "ACTIVE",
            "currency": "USD",
        },
    },
)
