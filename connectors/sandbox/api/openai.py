"""OpenAI's API, by platform.openai.com/docs/api-reference (responses, embeddings, models).

Unconfirmed: written without the documentation at hand; what matters is errors and limits.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.sandbox.openai import MODEL
from connectors.simulated_api import Problem, Request, SimulatedApi


def _error(problem: Problem) -> Refusal:
    code = {"not_found": "model_not_found"}.get(problem.kind)
    error = {"message": problem.message, "type": "invalid_request_error", "param": None}
    return Refusal(problem.status, {"error": {**error, "code": code}})


def _state(account: FictionalAccount) -> dict[str, Any]:
    embedding = {**MODEL, "id": "text-embedding-3-small"}
    return {"models": {each["id"]: each for each in (MODEL, embedding)}}


API = SimulatedApi("openai", base="api.openai.com/v1", state=_state, refuse=_error)


@API.route("GET /models")
def list_models(call: Request) -> Any:
    return {"object": "list", "data": [*call.state["models"].values()]}


@API.route("GET /models/{model_id}")
def get_model(call: Request) -> Any:
    return call.found(call.state["models"], call.path["model_id"], "model")


@API.route(
    "POST /responses",
    body={
        "model": str,
        "input": (str, [dict]),
        "instructions?": str,
        "max_output_tokens?": int,
        "store?": bool,
    },
    effect="response_created",
)
def create_response(call: Request) -> Any:
    call.found(call.state["models"], call.body["model"], "model")
    text = {"type": "output_text", "text": "Hello.", "annotations": []}
    message = {"type": "message", "id": call.new_id("msg_"), "status": "completed"}
    return {
        "id": call.new_id("resp_"),
        "object": "response",
        "created_at": int(call.now.timestamp()),
        "status": "completed",
        "error": None,
        "model": call.body["model"],
        "output": [{**message, "role": "assistant", "content": [text]}],
        "usage": {"input_tokens": 10, "output_tokens": 3, "total_tokens": 13},
    }


@API.route(
    "POST /embeddings",
    body={
        "model": str,
        "input": (str, [str]),
        "dimensions?": int,
        "encoding_format?": {"float", "base64"},
    },
)
def create_embeddings(call: Request) -> Any:
    call.found(call.state["models"], call.body["model"], "model")
    texts = call.body["input"] if isinstance(call.body["input"], list) else [call.body["input"]]
    vector = [0.125, -0.5, 0.25][: call.body.get("dimensions", 3)]
    data = [
        {"object": "embedding", "index": number, "embedding": vector}
        for number, _ in enumerate(texts)
    ]
    usage = {"prompt_tokens": 5, "total_tokens": 5}
    return {"object": "list", "data": data, "model": call.body["model"], "usage": usage}
