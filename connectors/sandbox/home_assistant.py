"""Home Assistant, by developers.home-assistant.io/docs/api/rest. A refusal is plain text there."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "home-assistant",
    title="Home Assistant",
    keys={
        "ana": {
            "home": "ana0sandbox0123456789abc",
            "key": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.Sandbox1Ana0123456789abcdefghij",
        },
        "ben": {
            "home": "ben0sandbox0123456789abc",
            "key": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiZW4ifQ.Sandbox2Ben9876543210abcdefghij",
        },
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(401, {"message": "401: Unauthorized"}),
    api={"/": lambda call: {"message": "API running."}},
    api_base="{tenant}.ui.nabu.casa/api",
)
