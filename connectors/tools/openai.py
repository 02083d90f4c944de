"""Tools of OpenAI.

Reference: https://platform.openai.com/docs/api-reference

Checked against OpenAI's own library (openai 3.57.0): paths, parameters and the members of answers.
Unchecked: the limits of values.
"""

from __future__ import annotations

from typing import Any

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, Needs, Output

_OPENAI = (Needs("openai"),)
_MODEL = r"^[A-Za-z0-9._:/-]{1,200}$"


class NoArgs(Args):
    pass


class Model(Output):
    id: str
    created: int | None = Field(None, description="seconds since 1970")
    owned_by: str | None = None


class Models(Output):
    data: list[Model]


class GetModel(Args):
    model_id: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,200}$", description="id of a model")


class CreateResponse(Args):
    model: str = Field(pattern=_MODEL, description="id of a model")
    input: str = Field(min_length=1, max_length=500_000, description="what the model is asked")
    instructions: str | None = Field(
        None, max_length=100_000, description="what the model is told first"
    )
    max_output_tokens: int | None = Field(
        None, ge=16, le=128_000, description="longest answer, in tokens"
    )


class Response(Output):
    id: str
    model: str
    status: str | None = None
    output: list[dict[str, Any]] = Field(description="messages with their content")
    input_tokens: int | None = Field(None, validation_alias=AliasPath("usage", "input_tokens"))
    output_tokens: int | None = Field(None, validation_alias=AliasPath("usage", "output_tokens"))


class CreateEmbeddings(Args):
    model: str = Field(pattern=_MODEL, description="id of a model for embeddings")
    input: list[str] = Field(min_length=1, max_length=100, description="texts")
    dimensions: int | None = Field(None, ge=1, le=4096, description="length of each vector")


class Embedding(Output):
    index: int
    embedding: list[float]


class Embeddings(Output):
    model: str
    data: list[Embedding]


TOOLS = (
    HttpTool(
        name="openai_list_models",
        description="List the OpenAI models that the key may use.",
        needs=_OPENAI,
        effect="read",
        method="GET",
        path="/models",
        args=NoArgs,
        output=Models,
        examples=({},),
    ),
    HttpTool(
        name="openai_get_model",
        description="Return an OpenAI model by its id.",
        needs=_OPENAI,
        effect="read",
        method="GET",
        path="/models/{model_id}",
        args=GetModel,
        output=Model,
        examples=({"model_id": "gpt-4o"},),
    ),
    HttpTool(
        name="openai_create_response",
        description="Let an OpenAI model answer; tokens are charged, and OpenAI stores nothing for "
        "later calls. Returns its output.",
        needs=_OPENAI,
        effect="write",
        method="POST",
        path="/responses",
        body={"store": False},
        args=CreateResponse,
        output=Response,
        examples=({"model": "gpt-4o", "input": "Say hello."},),
    ),
    HttpTool(
        name="openai_create_embeddings",
        description="Return the vectors of texts by an OpenAI model; tokens are charged.",
        needs=_OPENAI,
        effect="write",
        method="POST",
        path="/embeddings",
        body={"encoding_format": "float"},
        args=CreateEmbeddings,
        output=Embeddings,
        examples=({"model": "text-embedding-3-small", "input": ["garden"]},),
    ),
)
