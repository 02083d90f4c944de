"""The provider's side of OpenAI's requests, for the simulated APIs that took them over.

``connectors/sandbox/api/<connector>.py`` adds the routes that its provider has, with what the
provider's documentation says besides::

    API = SimulatedApi("acme", base="api.acme.example/v1", refuse=error)
    add_chat(API, models={"acme-small"}, more={"seed?": int})

Bodies are strict: a member that neither this page nor ``more`` names is refused. An unknown model
is refused as ``model``, with the status 404 if nothing else is said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from connectors.shapes import Shape
from connectors.simulated_api import Request, SimulatedApi, refuse

_TURN = {"role": {"system", "user", "assistant"}, "content": (str, [dict])}


def known_model(call: Request, models: Collection[str], status: int = 404) -> str:
    """Return the model that the body names; raises ``Refused`` (``model``) for an unknown one."""
    model: str = call.body["model"]
    if model not in models:
        refuse("model", f"The model {model} does not exist", status)
    return model


def add_chat(
    api: SimulatedApi,
    path: str = "/chat/completions",
    *,
    models: Collection[str],
    status: int = 404,
    more: Mapping[str, Shape] | None = None,
) -> None:
    """Answer chats with ``Hello.``; ``status`` is that of an unknown model."""
    body = {
        "model": str,
        "messages": [_TURN],
        "max_tokens?": int,
        "temperature?": (float, int),
        **(more or {}),
    }

    @api.route(f"POST {path}", body=body, effect="chat_created")
    def create_chat(call: Request) -> Any:
        model = known_model(call, models, status)
        message = {"role": "assistant", "content": "Hello."}
        return {
            "id": call.new_id("chat-"),
            "object": "chat.completion",
            "created": int(call.now.timestamp()),
            "model": model,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13},
        }


def add_responses(
    api: SimulatedApi,
    path: str = "/responses",
    *,
    models: Collection[str],
    status: int = 404,
    more: Mapping[str, Shape] | None = None,
) -> None:
    """Answer requests for a response with ``Hello.``; ``status`` is that of an unknown model."""
    body = {
        "model": str,
        "input": (str, [_TURN]),
        "max_output_tokens?": int,
        "store?": bool,
        **(more or {}),
    }

    @api.route(f"POST {path}", body=body, effect="response_created")
    def create_response(call: Request) -> Any:
        model = known_model(call, models, status)
        text = {"type": "output_text", "text": "Hello.", "annotations": []}
        message = {"type": "message", "id": call.new_id("msg_"), "status": "completed"}
        return {
            "id": call.new_id("resp_"),
            "object": "response",
            "created_at": int(call.now.timestamp()),
            "status": "completed",
            "model": model,
            "store": call.body.get("store", True),
            "output": [{**message, "role": "assistant", "content": [text]}],
            "usage": {"input_tokens": 10, "output_tokens": 3, "total_tokens": 13},
        }


def add_embeddings(
    api: SimulatedApi,
    path: str = "/embeddings",
    *,
    models: Collection[str],
    status: int = 404,
    more: Mapping[str, Shape] | None = None,
) -> None:
    """Answer with a vector of three numbers for each text."""
    body = {"model": str, "input": (str, [str]), **(more or {})}

    @api.route(f"POST {path}", body=body)
    def create_embeddings(call: Request) -> Any:
        model = known_model(call, models, status)
        texts = call.body["input"] if isinstance(call.body["input"], list) else [call.body["input"]]
        data = [
            {"object": "embedding", "index": number, "embedding": [0.125, -0.5, 0.25]}
            for number, _ in enumerate(texts)
        ]
        usage = {"prompt_tokens": 5, "total_tokens": 5}
        return {"object": "list", "data": data, "model": model, "usage": usage}
