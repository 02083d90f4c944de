"""Fireworks AI's API, by docs.fireworks.ai/api-reference (chat, embeddings) and its own library."""

from connectors.sandbox import Refusal
from connectors.simulated_api import Problem, SimulatedApi
from connectors.simulated_chat import add_chat, add_embeddings


def _error(problem: Problem) -> Refusal:
    code = {"model": "NOT_FOUND"}.get(problem.kind, "INVALID_ARGUMENT")
    error = {"message": problem.message, "code": code, "type": "error"}
    return Refusal(problem.status, {"error": error})


API = SimulatedApi("fireworks", base="api.fireworks.ai/inference/v1", refuse=_error)
_MODELS = "accounts/fireworks/models"

add_chat(
    API,
    models={f"{_MODELS}/glm-5p3"},
    more={"top_p?": (float, int), "top_k?": int, "stop?": (str, [str])},
)
add_embeddings(API, models={f"{_MODELS}/qwen3-embedding-8b"}, more={"dimensions?": int})
