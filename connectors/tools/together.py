"""Tools of Together AI.

Reference: https://docs.together.ai/reference

Checked against Together's own library (together 3.1.1): paths, parameters and the members of
answers. Unchecked: the limits of values.
"""

from pydantic import AliasPath, Field

from connectors.chat_tools import MODEL, chat_tool
from connectors.tooling import Args, HttpTool, Needs, Output

_MODEL = "moonshotai/Kimi-K3.1-Pro"


class CreateCompletion(Args):
    model: str = Field(pattern=MODEL, description="id of a model")
    prompt: str = Field(min_length=1, max_length=500_000, description="text that goes on")
    max_tokens: int | None = Field(
        None, ge=1, le=200_000, description="longest answer, in tokens; the model's own without it"
    )
    stop: list[str] | None = Field(
        None, min_length=1, max_length=16, description="texts at which the model ends"
    )


class Completed(Output):
    text: str | None = None
    finish_reason: str | None = None


class Completion(Output):
    id: str
    model: str
    choices: list[Completed]
    input_tokens: int | None = Field(None, validation_alias=AliasPath("usage", "prompt_tokens"))
    output_tokens: int | None = Field(
        None, validation_alias=AliasPath("usage", "completion_tokens")
    )


TOOLS = (
    chat_tool("together", title="Together AI", model=_MODEL),
    HttpTool(
        name="together_create_completion",
        description="Let a model of Together AI continue a text, without a conversation; tokens "
        "are charged.",
        needs=(Needs("together"),),
        effect="write",
        method="POST",
        path="/completions",
        args=CreateCompletion,
        output=Completion,
        examples=({"model": _MODEL, "prompt": "Once upon a time"},),
    ),
)
