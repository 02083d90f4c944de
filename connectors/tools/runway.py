"""Tools of Runway.

Reference: https://docs.dev.runwayml.com/api

Quirks:
1. A generation answers at once with the id of a task; ``runway_get_task`` has its state, and links
   to the result, which end within two days.

Checked against Runway's own library (runwayml 5.24.0): paths, parameters and the members of
answers.
"""

from typing import Annotated

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_NEEDS = (Needs("runway"),)


class _Generate(Args):
    model: str = Field(pattern=r"^[A-Za-z0-9._]{1,60}$", description="id of a model")
    prompt: Annotated[str, In("body", "promptText")] = Field(
        min_length=1, max_length=1000, description="what is to be seen"
    )
    ratio: str = Field(
        pattern=r"^\d{2,5}:\d{2,5}$",
        description="width and height, as the model has them: 1280:720",
    )
    seed: int | None = Field(None, ge=0, le=4_294_967_295, description="same seed, like result")


class GenerateVideo(_Generate):
    duration: int = Field(ge=2, le=30, description="length in seconds, as the model allows")


class GenerateImage(_Generate):
    pass


class GetTask(Args):
    task_id: str = Field(pattern=r"^[0-9a-f-]{36}$", description="id of a task")


class Started(Output):
    id: str = Field(description="id of the task")
    credits: float | None = Field(None, validation_alias=AliasPath("estimatedCost", "credits"))


class Task(Output):
    id: str
    status: str = Field(description="PENDING, THROTTLED, RUNNING, SUCCEEDED, FAILED or CANCELLED")
    output: list[str] = Field(default_factory=list, description="links to the result")
    progress: float | None = None
    failure: str | None = None
    failure_code: str | None = Field(None, validation_alias="failureCode")
    credits: float | None = Field(None, validation_alias=AliasPath("cost", "credits"))


TOOLS = (
    HttpTool(
        name="runway_generate_video",
        description="Let Runway make a video from text; credits are charged. Returns a task's id "
        "for runway_get_task.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/text_to_video",
        args=GenerateVideo,
        output=Started,
        examples=({"model": "gen4.5", "prompt": "a garden", "ratio": "1280:720", "duration": 5},),
    ),
    HttpTool(
        name="runway_generate_image",
        description="Let Runway make an image from text; credits are charged. Returns a task's id "
        "for runway_get_task.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/text_to_image",
        args=GenerateImage,
        output=Started,
        examples=({"model": "gen4_image", "prompt": "a garden", "ratio": "1280:720"},),
    ),
    HttpTool(
        name="runway_get_task",
        description="Return the state of a Runway task by its id, and links to the result.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/tasks/{task_id}",
        args=GetTask,
        output=Task,
        examples=({"task_id": "17f20503-6c24-4c16-946b-35dbbce2af2f"},),
    ),
)
