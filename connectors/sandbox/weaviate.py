"""Weaviate Cloud, by docs.weaviate.io (connect to Weaviate Cloud) and Weaviate's OpenAPI document
(weaviate/weaviate, openapi-specs/schema.json: meta)."""

from connectors.sandbox import Refusal, key_provider

_DOMAIN = "c0.europe-west3.gcp.weaviate.cloud"

PROVIDER = key_provider(
    "weaviate",
    title="Weaviate",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"host": f"ana1docs.{_DOMAIN}", "key": "Sandbox1anaAbCdEfGhIjKlMnOpQrStUvWx"},
        "ben": {"host": f"ben2docs.{_DOMAIN}", "key": "Sandbox2benAbCdEfGhIjKlMnOpQrStUvWx"},
    },
    refusal=Refusal(401, {"code": 401, "message": "unauthorized: invalid api key"}),
    api={"/meta": lambda call: {"hostname": "http://[::]:8080", "version": "1.32.0"}},
    api_base=f"{{*.{_DOMAIN}}}/v1",
)
