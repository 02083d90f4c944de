"""Mailgun's own side, by documentation.mailgun.com (api-reference: authentication, get domains)."""

from connectors.sandbox import Refusal, key_provider

DOMAIN = {"id": "1", "name": "mail.acme.example", "state": "active", "type": "custom"}
PROVIDER = key_provider(
    "mailgun",
    title="Mailgun",
    basic=("api", "{key}"),
    keys={
        "ana": {"region": "us", "key": "5a1db0c494e7f8b2d6c03e9f71a58a11-5a1db0c4-94e7f8b2"},
        "ben": {"region": "eu", "key": "key-c73e9d108452fa6b1c0d4e8f2937bbe1"},
    },
    refusal=Refusal(401, {"message": "Invalid private key"}),
    api_base="{us=api.mailgun.net|eu=api.eu.mailgun.net}",
    api={"/v4/domains": lambda call: {"total_count": 1, "items": [DOMAIN]}},
)
