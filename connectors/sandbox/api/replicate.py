"""Replicate's API, by replicate.com/docs/reference/http (models, predictions, errors).

Unconfirmed: which status an unknown version gets.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse

_VERSION = "5c7d5dc6dd8bf75c1acaa8565735e798"
_OFFICIAL = ("flux-schnell", "flux-dev", "flux-pro")


def _error(problem: Problem) -> Refusal:
    title = {404: "Not found", 422: "Invalid version or not permitted"}.get(problem.status, "")
    error = {"title": title or "Bad request", "detail": problem.message, "status": problem.status}
    return Refusal(problem.status, error)


def _prediction(key: str, model: str, version: str, status: str) -> dict[str, Any]:
    base = f"https://api.replicate.com/v1/predictions/{key}"
    return {
        "id": key,
        "model": model,
        "version": version,
        "input": {"prompt": "a garden"},
        "output": ["https://replicate.delivery/out-0.webp"] if status == "succeeded" else None,
        "error": None,
        "logs": "",
        "status": status,
        "created_at": "2026-11-29T12:00:00.000Z",
        "urls": {"get": base, "cancel": f"{base}/cancel"},
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    done = "ufawqhfynnddngldkgtslldrkq"
    model = "black-forest-labs/flux-schnell"
    return {"predictions": {done: _prediction(done, model, "hidden", "succeeded")}}


API = SimulatedApi("replicate", base="api.replicate.com/v1", state=_state, refuse=_error)
_BODY = {"input": dict, "webhook?": str, "webhook_events_filter?": [str], "stream?": bool}


@API.route("GET /models", query={"cursor?": str})
def list_models(call: Request) -> Any:
    models = [
        {
            "url": f"https://replicate.com/black-forest-labs/{name}",
            "owner": "black-forest-labs",
            "name": name,
            "description": "Pictures from text.",
            "visibility": "public",
            "run_count": 1000,
        }
        for name in _OFFICIAL
    ]
    page, after = page_of(models, call.query.get("cursor"), 2)
    link = f"https://api.replicate.com/v1/models?cursor={after}" if after else None
    return {"previous": None, "next": link, "results": page}


def _start(call: Request, model: str, version: str) -> Answer:
    waits = call.headers.get("prefer", "").startswith("wait")
    key = call.new_id("sandbox")
    status = "succeeded" if waits else "starting"
    created = {**_prediction(key, model, version, status), "input": call.body["input"]}
    call.state["predictions"][key] = created
    return Answer(201, created)


@API.route("POST /models/{owner}/{name}/predictions", body=_BODY, effect="prediction_created")
def run_model(call: Request) -> Any:
    owner, name = call.path["owner"], call.path["name"]
    if owner != "black-forest-labs" or name not in _OFFICIAL:
        refuse("not_found", "The requested resource could not be found.")
    return _start(call, f"{owner}/{name}", "hidden")


@API.route("POST /predictions", body={**_BODY, "version": str}, effect="prediction_created")
def create_prediction(call: Request) -> Any:
    if call.body["version"] != _VERSION:
        refuse("version", "The specified version does not exist.", 422)
    return _start(call, "black-forest-labs/flux-schnell", _VERSION)


@API.route("GET /predictions/{prediction_id}")
def get_prediction(call: Request) -> Any:
    return call.found(call.state["predictions"], call.path["prediction_id"], "prediction")
