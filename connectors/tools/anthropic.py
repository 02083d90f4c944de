"""Tools of the Claude API.

Reference: https://platform.claude.com/docs/en/api/overview

Checked against Anthropic's own library (anthropic 2.14.0): paths, parameters and the members of
answers. Unchecked: the limits of values.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from connectors.tooling import Args, HttpTool, Needs, Output, Pages

_CLAUDE = (Needs("anthropic"),)


class Model(Output):
    id: str
    display_name: str | None = None
    created_at: str | None = None


class Models(Output):
    data: list[Model]


class ListModels(Args):
    limit: int = Field(20, ge=1, le=1000, description="models per page")
    after_id: str | None = Field(None, description="next of the page before")


class GetModel(Args):
    model_id: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,100}$", description="id of a model")


class Turn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["user", "assistant"]
    content: str = Field(min_length=1, max_length=500_000)


class CountTokens(Args):
    model: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,100}$", description="id of a model")
    messages: list[Turn] = Field(
        min_length=1, max_length=1000, description="the turns so far; the first is the user's"
    )
    system: str | None = Field(None, max_length=100_000, description="what Claude is told first")


class CreateMessage(CountTokens):
    max_tokens: int = Field(1024, ge=1, le=128_000, description="longest answer, in tokens")


class Block(Output):
    type: str
    text: str | None = None


class Message(Output):
    id: str
    model: str
    content: list[Block]
    stop_reason: str | None = None
    input_tokens: int = Field(validation_alias=AliasPath("usage", "input_tokens"))
    output_tokens: int = Field(validation_alias=AliasPath("usage", "output_tokens"))


class Tokens(Output):
    input_tokens: int


_EXAMPLE = {"model": "claude-sandbox-3", "messages": [{"role": "user", "content": "Say hello."}]}

TOOLS = (
    HttpTool(
        name="anthropic_list_models",
        description="List the Claude models that the key may use, newest first.",
        needs=_CLAUDE,
        effect="read",
        method="GET",
        path="/models",
        args=ListModels,
        output=Models,
        pages=Pages(argument="after_id", next="last_id", more="has_more"),
        examples=({},),
    ),
    HttpTool(
        name="anthropic_get_model",
        description="Return a Claude model by its id.",
        needs=_CLAUDE,
        effect="read",
        method="GET",
        path="/models/{model_id}",
        args=GetModel,
        output=Model,
        examples=({"model_id": "claude-sandbox-3"},),
    ),
    HttpTool(
        name="anthropic_create_message",
        description="Let a Claude model answer; tokens are charged. Returns its text.",
        needs=_CLAUDE,
        effect="write",
        method="POST",
        path="/messages",
        args=CreateMessage,
        output=Message,
        examples=(_EXAMPLE,),
    ),
    HttpTool(
        name="anthropic_count_tokens",
        description="Count the tokens of a request to a Claude model; nothing is charged.",
        needs=_CLAUDE,
        effect="read",
        method="POST",
        path="/messages/count_tokens",
        args=CountTokens,
        output=Tokens,
        examples=(_EXAMPLE,),
    ),
)
