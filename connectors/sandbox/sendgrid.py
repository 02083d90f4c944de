"""SendGrid's own side, by twilio.com/docs/sendgrid/api-reference (authentication, scopes).

The answer to a wrong key is what programs on GitHub have recorded.
"""

from connectors.sandbox import Refusal, key_provider

WRONG = {
    "message": "The provided authorization grant is invalid, expired, or revoked",
    "field": None,
    "help": None,
}
PROVIDER = key_provider(
    "sendgrid",
    title="SendGrid",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {
            "region": "global",
            "key": "SG.SandboxAna5a1db0c494e7.8b2d6c03e9f71a58a11a5a1db0c494e7f8b2d6c03e9",
        },
        "ben": {
            "region": "eu",
            "key": "SG.SandboxBenc73e9d108452.a6b1c0d4e8f2937bbe11c73e9d108452fa6b1c0d4e8",
        },
    },
    refusal=Refusal(401, {"errors": [WRONG]}),
    api_base="{global=api.sendgrid.com|eu=api.eu.sendgrid.com}/v3",
    api={"/scopes": lambda call: {"scopes": ["mail.send", "alerts.read"]}},
)
