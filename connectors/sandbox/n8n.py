"""n8n, by docs.n8n.io/api (authentication, API reference: tags)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "n8n",
    title="n8n",
    keys={
        "ana": {
            "instance": "acme",
            "key": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.Sandbox1Ana0123456789abcdefghij",
        },
        "ben": {
            "instance": "globex",
            "key": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiZW4ifQ.Sandbox2Ben9876543210abcdefghij",
        },
    },
    headers={"x-n8n-api-key": "{key}"},
    refusal=Refusal(401, {"message": "unauthorized"}),
    api={"/tags": lambda call: {"data": [], "nextCursor": None}},
    api_base="{tenant}.app.n8n.cloud/api/v1",
)
