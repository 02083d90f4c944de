"""Mistral AI's API, by docs.mistral.ai/api (chat, embeddings) and its own library.

Unconfirmed: which status and code an unknown model gets.
"""

from connectors.sandbox import Refusal
from connectors.simulated_api import Problem, SimulatedApi
from connectors.simulated_chat import add_chat, add_embeddings


def _error(problem: Problem) -> Refusal:
    error = {"object": "error", "message": problem.message, "type": "invalid_request_error"}
    return Refusal(problem.status, {**error, "param": None, "code": None})


API = SimulatedApi("mistral", base="api.mistral.ai/v1", refuse=_error)

add_chat(
    API,
    models={"mistral-small-latest", "mistral-large-latest"},
    status=400,
    more={"top_p?": (float, int), "random_seed?": int, "stop?": (str, [str])},
)
add_embeddings(
    API,
    models={"mistral-embed"},
    status=400,
    more={"output_dimension?": int, "encoding_format?": {"float", "base64"}},
)
