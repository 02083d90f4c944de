"""Together AI's API, by docs.together.ai/reference (chat, completions) and its own library."""

from typing import Any

from connectors.sandbox import Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi
from connectors.simulated_chat import add_chat, known_model

_MODELS = {"moonshotai/Kimi-K3.1-Pro"}


def _error(problem: Problem) -> Refusal:
    code = "model_not_available" if problem.kind == "model" else None
    error = {"message": problem.message, "type": "invalid_request_error", "param": None}
    return Refusal(problem.status, {"id": "sandbox-1", "error": {**error, "code": code}})


API = SimulatedApi("together", base="api.together.ai/v1", refuse=_error)
_MORE = {"top_p?": (float, int), "top_k?": int, "stop?": [str]}

add_chat(API, models=_MODELS, more=_MORE)


@API.route(
    "POST /completions",
    body={"model": str, "prompt": str, "max_tokens?": int, "temperature?": (float, int), **_MORE},
    effect="completion_created",
)
def create_completion(call: Request) -> Any:
    model = known_model(call, _MODELS)
    return {
        "id": call.new_id("sandbox-"),
        "object": "text.completion",
        "created": int(call.now.timestamp()),
        "model": model,
        "prompt": [],
        "choices": [{"text": " there was a garden.", "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 4, "completion_tokens": 5, "total_tokens": 9},
    }
