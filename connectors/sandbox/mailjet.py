"""Mailjet, by dev.mailjet.com/email (authentication, my profile, errors)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "mailjet",
    title="Mailjet",
    keys={
        "ana": {
            "api_key": "1a2b3c4d5e6f708192a3b4c5d6e7f809",
            "secret_key": "c32b3c4d5e6f708192a3b4c5d6e7f809",
        },
        "ben": {
            "api_key": "2b3c4d5e6f708192a3b4c5d6e7f8091a",
            "secret_key": "d43c4d5e6f708192a3b4c5d6e7f8091a",
        },
    },
    basic=("{api_key}", "{secret_key}"),
    refusal=Refusal(
        401, {"ErrorMessage": "API key authentication/authorization failure.", "StatusCode": 401}
    ),
    api={
        "/v3/REST/myprofile": lambda call: {
            "Count": 1,
            "Data": [{"CompanyName": "Acme"}],
            "Total": 1,
        }
    },
    api_base="api.mailjet.com",
)
