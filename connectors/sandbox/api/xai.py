"""xAI's API, by docs.x.ai/developers (REST API reference, comparison with chat completions).

Unconfirmed: the code of an unknown model.
"""

from connectors.sandbox import Refusal
from connectors.simulated_api import Problem, SimulatedApi
from connectors.simulated_chat import add_responses


def _error(problem: Problem) -> Refusal:
    codes = {404: "not-found", 429: "resource-exhausted"}
    code = codes.get(problem.status, "invalid-argument")
    return Refusal(problem.status, {"code": code, "error": problem.message})


API = SimulatedApi("xai", base="api.x.ai/v1", refuse=_error)

add_responses(
    API,
    models={"grok-4.7"},
    more={"temperature?": (float, int), "previous_response_id?": str, "include?": [str]},
)
