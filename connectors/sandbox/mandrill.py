"""Mandrill, by mailchimp.com/developer: users/ping2, and the note of February 2023 on 401."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "mandrill",
    title="Mandrill",
    keys={
        "acme": {"key": "md-Sandbox_acme_01234567"},
        "globex": {"key": "md-Sandbox_globex_012345"},
    },
    body={"key": "{key}"},
    refusal=Refusal(
        401, {"status": "error", "code": -1, "name": "Invalid_Key", "message": "Invalid API key"}
    ),
    api={"POST /users/ping2": lambda call: {"PING": "PONG!"}},
    api_base="mandrillapp.com/api/1.0",
)
