"""A 1Password Connect server, by developer.1password.com/docs/connect/api-reference."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "onepassword",
    title="1Password",
    keys={
        "ana": {
            "host": "acme.connect.example",
            "token": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbmEifQ.Sandbox1Ana0123456789",
        },
        "ben": {
            "host": "globex.connect.example",
            "token": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJiZW4ifQ.Sandbox2Ben9876543210",
        },
    },
    headers={"authorization": "Bearer {token}"},
    refusal=Refusal(401, {"status": 401, "message": "Invalid token signature"}),
    api={"/vaults": lambda call: []},
    api_base="{*.connect.example}/v1",
)
