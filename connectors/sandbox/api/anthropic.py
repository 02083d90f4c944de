"""The Claude API, by platform.claude.com (Messages, count tokens, Models, errors, versioning).

Unconfirmed: written without the documentation at hand; what matters is errors and limits.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse

_KINDS = {"not_found": "not_found_error", "rate_limited": "rate_limit_error"}


def _error(problem: Problem) -> Refusal:
    kind = _KINDS.get(problem.kind, "invalid_request_error")
    return Refusal(
        problem.status,
        {
            "type": "error",
            "error": {"type": kind, "message": problem.message},
            "request_id": "req_sandbox",
        },
    )


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {
        "models": [
            {
                "type": "model",
                "id": f"claude-sandbox-{number}",
                "display_name": f"Claude Sandbox {number}",
                "created_at": f"2026-0{number}-01T00:00:00Z",
            }
            for number in (3, 2, 1)
        ]
    }


API = SimulatedApi(
    "anthropic",
    base="api.anthropic.com/v1",
    state=_state,
    refuse=_error,
    headers={"anthropic-version": frozenset({"2023-06-01"})},
)


@API.route("GET /models", query={"limit?": int, "after_id?": str, "before_id?": str})
def list_models(call: Request) -> Any:
    models = call.state["models"]
    if after := call.query.get("after_id"):
        ids = [model["id"] for model in models]
        if after not in ids:
            refuse("parameters", f"after_id: {after} not found")
        models = models[ids.index(after) + 1 :]
    page = models[: call.query.get("limit", 20)]
    return {
        "data": page,
        "has_more": len(page) < len(models),
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
    }


@API.route("GET /models/{model_id}")
def get_model(call: Request) -> Any:
    known = {model["id"]: model for model in call.state["models"]}
    return call.found(known, call.path["model_id"], "model")


_TURNS = {
    "model": str,
    "messages": [{"role": {"user", "assistant"}, "content": (str, [dict])}],
    "system?": (str, [dict]),
}


def _model(call: Request) -> None:
    known = {model["id"]: model for model in call.state["models"]}
    call.found(known, call.body["model"], "model")
    if not call.body["messages"] or call.body["messages"][0]["role"] != "user":
        refuse("parameters", "messages: first message must use the user role")


@API.route(
    "POST /messages",
    body={**_TURNS, "max_tokens": int, "temperature?": float, "stop_sequences?": [str]},
    effect="message_created",
)
def create_message(call: Request) -> Any:
    _model(call)
    return {
        "id": call.new_id("msg_"),
        "type": "message",
        "role": "assistant",
        "model": call.body["model"],
        "content": [{"type": "text", "text": "Hello."}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 3},
    }


@API.route("POST /messages/count_tokens", body=_TURNS)
def count_tokens(call: Request) -> Any:
    _model(call)
    return {"input_tokens": 10}
