"""The Gemini API, by ai.google.dev/api/generate-content and AIP-193 for refusals."""

from typing import Any

from connectors.sandbox import Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse

_STATUS = {404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}


def _error(problem: Problem) -> Refusal:
    status = _STATUS.get(problem.status, "INVALID_ARGUMENT")
    error = {"code": problem.status, "message": problem.message, "status": status}
    return Refusal(problem.status, {"error": error})


API = SimulatedApi("gemini", base="generativelanguage.googleapis.com/v1beta", refuse=_error)
_PARTS = [{"text": str}]


@API.route(
    "POST /models/{model}:generateContent",
    body={
        "contents": [{"role?": {"user", "model"}, "parts": _PARTS}],
        "systemInstruction?": {"role?": str, "parts": _PARTS},
        "generationConfig?": {"maxOutputTokens?": int, "temperature?": (float, int)},
    },
    effect="content_generated",
)
def generate_content(call: Request) -> Any:
    model = call.path["model"]
    if model != "gemini-3.8-flash":
        refuse("not_found", f"models/{model} is not found for API version v1beta.")
    return {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": "Hello."}]},
                "finishReason": "STOP",
                "index": 0,
            }
        ],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 3, "totalTokenCount": 13},
        "modelVersion": model,
        "responseId": call.new_id("response-"),
    }
