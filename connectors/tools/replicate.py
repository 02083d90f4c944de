"""Tools of Replicate.

Reference: https://replicate.com/docs/reference/http

Quirks:
1. ``Prefer: wait=N`` lets Replicate answer when the prediction has ended, after N seconds (60 at
   most) at the latest. Its status says whether it has; ``replicate_get_prediction`` tells more.
2. Official models run by their name, all others by the id of a version.
3. Files of an output are links that end after an hour.

Checked against Replicate's own library (replicate 1.0.7): paths, parameters and the members of
answers. Unchecked: the limits of values.
"""

from typing import Annotated, Any

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_NEEDS = (Needs("replicate"),)
_NAME = r"^[A-Za-z0-9._-]{1,100}$"


class ListModels(Args):
    cursor: str | None = Field(None, max_length=500, description="next of the page before")


class Model(Output):
    owner: str
    name: str
    description: str | None = None
    visibility: str | None = None
    run_count: int | None = None


class Models(Output):
    results: list[Model]


class _Run(Args):
    values: Annotated[dict[str, Any], In("body", "input")] = Field(
        description="inputs of the model by their names, such as prompt"
    )
    webhook: str | None = Field(
        None, pattern="^https://", max_length=2000, description="URL that is told the result"
    )


class RunModel(_Run):
    owner: str = Field(pattern=_NAME, description="owner of an official model")
    model: str = Field(pattern=_NAME, description="name of the model")


class CreatePrediction(_Run):
    version: str = Field(pattern=r"^[A-Za-z0-9._:/-]{1,200}$", description="id of a version")


class GetPrediction(Args):
    prediction_id: str = Field(pattern=r"^[a-z0-9]{1,64}$", description="id of a prediction")


class Prediction(Output):
    id: str
    status: str = Field(description="starting, processing, succeeded, failed or canceled")
    model: str | None = None
    version: str | None = None
    output: Any = None
    error: Any = None
    created_at: str | None = None


_PROMPT = {"prompt": "a garden"}

TOOLS = (
    HttpTool(
        name="replicate_list_models",
        description="List the public models of Replicate.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/models",
        args=ListModels,
        output=Models,
        pages=Pages(argument="cursor", next="next", parameter="cursor"),
        examples=({},),
    ),
    HttpTool(
        name="replicate_run_model",
        description="Run an official model of Replicate and wait a while for its output; the run "
        "is charged. If the status is not succeeded, get the prediction later.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/models/{owner}/{model}/predictions",
        headers={"Prefer": "wait=20"},  # quirk 1
        args=RunModel,
        output=Prediction,
        examples=({"owner": "black-forest-labs", "model": "flux-schnell", "values": _PROMPT},),
    ),
    HttpTool(
        name="replicate_create_prediction",
        description="Start a version of any Replicate model; the run is charged. Returns the "
        "prediction's id at once.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/predictions",
        args=CreatePrediction,
        output=Prediction,
        examples=({"version": "5c7d5dc6dd8bf75c1acaa8565735e798", "values": _PROMPT},),
    ),
    HttpTool(
        name="replicate_get_prediction",
        description="Return the status and output of a Replicate prediction by its id.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/predictions/{prediction_id}",
        args=GetPrediction,
        output=Prediction,
        examples=({"prediction_id": "ufawqhfynnddngldkgtslldrkq"},),
    ),
)
