"""Upstash's REST API of Redis, by upstash.com/docs/redis/features/restapi."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "upstash",
    title="Upstash",
    headers={"authorization": "Bearer {token}"},
    keys={
        "ana": {"host": "us1-ana-bee-10001.upstash.io", "token": "Sandbox1anaAXy0ASQgNjM1"},
        "ben": {"host": "eu2-ben-elk-10002.upstash.io", "token": "Sandbox2benAXy0ASQgNjM1"},
    },
    refusal=Refusal(401, {"error": "Unauthorized"}),
    api={"/ping": lambda call: {"result": "PONG"}},
    api_base="{*.upstash.io}",
)
