"""An API that is added by upload: every step of an integration without a request to anybody."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.support.gateway import Harness
from tests.support.organisation import review

BASE = "https://pets.example/v1"


def document(*paths: str, summary: str = "About pets.") -> str:
    """An OpenAPI document with a GET at each path."""
    reads = {
        path: {"get": {"operationId": path.strip("/"), "summary": summary, "responses": {}}}
        for path in paths
    }
    key = {"type": "apiKey", "in": "header", "name": "X-Key"}
    said: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Pet Shop", "version": "1"},
        "servers": [{"url": BASE}],
        "paths": reads,
        "components": {"securitySchemes": {"key": key}},
        "security": [{"key": []}],
    }
    return json.dumps(said)


async def every_step(gateway: Harness, api: httpx.AsyncClient, slug: str = "pet-shop") -> None:
    """Preview, add, look at, change, refresh, accept, judge, choose, configure and remove it."""
    here = f"/v1/integrations/{slug}"
    first, second = document("/cats", "/dogs"), document("/cats", "/birds", summary="All of them.")
    steps: list[tuple[str, str, Any]] = [
        ("POST", "/v1/integrations/preview", {"document": first}),
        ("POST", "/v1/integrations", {"document": first, "slug": slug}),
        ("GET", "/v1/integrations", None),
        ("GET", here, None),
        ("PATCH", here, {"name": "Pets"}),
        ("POST", f"{here}/methods", {"authMethods": [{"kind": "apikey", "basic": True}]}),
        ("POST", f"{here}/refresh", {"document": second}),
    ]
    for method, path, body in steps:
        answer = await api.request(method, path, json=body)
        assert answer.status_code in {200, 201}, (path, answer.text)
    shown = (await api.get(f"{here}/tools")).json()["tools"]
    seen = [{"name": tool["name"], "digest": tool["digest"]} for tool in shown]
    name, digest = seen[0].values()
    for method, path, body in [
        ("POST", f"{here}/tools/accept", {"tools": seen}),
        ("PUT", f"{here}/tools/{name}/effect", {"digest": digest, "effect": "write"}),
    ]:
        answer = await review(gateway, method, path, body)
        assert answer.status_code == 200, (path, answer.text)
    for method, path, body in [
        ("PATCH", f"{here}/tools", {"operations": [name], "enabled": False}),
        ("DELETE", here, None),
    ]:
        answer = await api.request(method, path, json=body)
        assert answer.status_code == 200, (path, answer.text)
