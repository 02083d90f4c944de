"""Tools of the Gemini API.

Reference: https://ai.google.dev/api/generate-content

Checked against Google's own library (google-genai 3.6.1): path, parameters and the members of
answers. Unchecked: the limits of values.
"""

from typing import Annotated, Any, Literal

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_NEEDS = (Needs("gemini"),)
_MODEL = "gemini-3.8-flash"


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Said):
    text: str = Field(min_length=1, max_length=500_000)


class Turn(_Said):
    role: Literal["user", "model"]
    parts: list[Part] = Field(min_length=1, max_length=100)


class _Generate(Args):
    model: str = Field(pattern=r"^[A-Za-z0-9._-]{1,100}$", description="id of a model")
    system: Annotated[str | None, In("body", "systemInstruction.parts[0].text")] = Field(
        None, max_length=100_000, description="what the model is told first"
    )
    max_output_tokens: Annotated[int | None, In("body", "generationConfig.maxOutputTokens")] = (
        Field(None, ge=1, le=200_000, description="longest answer, in tokens")
    )


class GenerateText(_Generate):
    prompt: Annotated[str, In("body", "contents[0].parts[0].text")] = Field(
        min_length=1, max_length=500_000, description="what the model is asked"
    )


class CreateChat(_Generate):
    contents: list[Turn] = Field(
        min_length=1, max_length=1000, description="the turns so far; the last is the user's"
    )


class Candidate(Output):
    parts: list[dict[str, Any]] = Field(
        default_factory=list, validation_alias=AliasPath("content", "parts")
    )
    finish_reason: str | None = Field(None, validation_alias="finishReason")


class Generated(Output):
    candidates: list[Candidate] = Field(default_factory=list)
    input_tokens: int | None = Field(
        None, validation_alias=AliasPath("usageMetadata", "promptTokenCount")
    )
    output_tokens: int | None = Field(
        None, validation_alias=AliasPath("usageMetadata", "candidatesTokenCount")
    )


TOOLS = (
    HttpTool(
        name="gemini_generate_text",
        description="Let a Gemini model answer one prompt; tokens are charged. Returns its text.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/models/{model}:generateContent",
        args=GenerateText,
        output=Generated,
        examples=({"model": _MODEL, "prompt": "Say hello."},),
    ),
    HttpTool(
        name="gemini_create_chat",
        description="Let a Gemini model continue a conversation; tokens are charged. Returns its "
        "text.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/models/{model}:generateContent",
        args=CreateChat,
        output=Generated,
        examples=(
            {"model": _MODEL, "contents": [{"role": "user", "parts": [{"text": "Say hello."}]}]},
        ),
    ),
)
