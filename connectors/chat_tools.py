"""The tools of an API that took over OpenAI's requests for chats, responses and embeddings.

Many providers of models did, so that callers change only the address::

    TOOLS = (chat_tool("mistral", title="Mistral", model="mistral-small-latest"),)

``title`` is the provider's name in the description, and ``model`` a model for the example, which
the simulated API must know. Each tool is data like any other; a provider whose request differs
writes its own ``HttpTool``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

MODEL = r"^[A-Za-z0-9._:/@#-]{1,200}$"
"""The form of a model's id: providers of many models write ``owner/name``."""


class Turn(BaseModel):
    """What one side of a conversation said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["system", "user", "assistant"]
    content: str = Field(min_length=1, max_length=500_000)


class CreateChat(Args):
    """A conversation that the model continues."""

    model: str = Field(pattern=MODEL, description="id of a model")
    messages: list[Turn] = Field(
        min_length=1, max_length=1000, description="the turns so far; the last is the user's"
    )
    max_tokens: int | None = Field(
        None, ge=1, le=200_000, description="longest answer, in tokens; the model's own without it"
    )
    temperature: float | None = Field(
        None, ge=0, le=2, description="0 for the likeliest words, more for others"
    )


class Choice(Output):
    """One way in which the model continues."""

    index: int = 0
    finish_reason: str | None = None
    # Reasoning models answer with a list of parts.
    content: str | list[dict[str, Any]] | None = Field(
        None, validation_alias=AliasPath("message", "content")
    )


class Chat(Output):
    """The model's turn."""

    id: str
    model: str
    choices: list[Choice]
    input_tokens: int | None = Field(None, validation_alias=AliasPath("usage", "prompt_tokens"))
    output_tokens: int | None = Field(
        None, validation_alias=AliasPath("usage", "completion_tokens")
    )


class CreateResponse(Args):
    """A conversation that the model continues, for the API of responses."""

    model: str = Field(pattern=MODEL, description="id of a model")
    messages: Annotated[list[Turn], In("body", "input")] = Field(
        min_length=1, max_length=1000, description="the turns so far; the last is the user's"
    )
    max_output_tokens: int | None = Field(
        None, ge=1, le=200_000, description="longest answer, in tokens; the model's own without it"
    )


class Response(Output):
    """The model's turn, and what it did on the way."""

    id: str
    model: str
    status: str | None = None
    output: list[dict[str, Any]] = Field(description="messages with their content")
    input_tokens: int | None = Field(None, validation_alias=AliasPath("usage", "input_tokens"))
    output_tokens: int | None = Field(None, validation_alias=AliasPath("usage", "output_tokens"))


class CreateEmbeddings(Args):
    """Texts that become vectors."""

    model: str = Field(pattern=MODEL, description="id of a model for embeddings")
    input: list[str] = Field(min_length=1, max_length=100, description="texts")


class Embedding(Output):
    """The vector of one text."""

    index: int
    embedding: list[float]


class Embeddings(Output):
    """The vectors, in the order of the texts."""

    model: str
    data: list[Embedding]
    input_tokens: int | None = Field(None, validation_alias=AliasPath("usage", "prompt_tokens"))


_SAID = [{"role": "user", "content": "Say hello."}]


def chat_tool(connector: str, *, title: str, model: str) -> HttpTool:
    """``<connector>_create_chat``: ``POST /chat/completions``."""
    return HttpTool(
        name=f"{connector}_create_chat",
        description=f"Let a model of {title} continue a conversation; tokens are charged. "
        "Returns its text.",
        needs=(Needs(connector),),
        effect="write",
        method="POST",
        path="/chat/completions",
        args=CreateChat,
        output=Chat,
        examples=({"model": model, "messages": _SAID},),
    )


def response_tool(connector: str, *, title: str, model: str, path: str = "/responses") -> HttpTool:
    """``<connector>_create_response``: ``POST /responses``, of which nothing is stored."""
    return HttpTool(
        name=f"{connector}_create_response",
        description=f"Let a model of {title} continue a conversation; tokens are charged. "
        "Returns its output.",
        needs=(Needs(connector),),
        effect="write",
        method="POST",
        path=path,
        body={"store": False},
        args=CreateResponse,
        output=Response,
        examples=({"model": model, "messages": _SAID},),
    )


def embedding_tool(connector: str, *, title: str, model: str) -> HttpTool:
    """``<connector>_create_embeddings``: ``POST /embeddings``."""
    return HttpTool(
        name=f"{connector}_create_embeddings",
        description=f"Return the vectors of texts by a model of {title}; tokens are charged.",
        needs=(Needs(connector),),
        effect="write",
        method="POST",
        path="/embeddings",
        args=CreateEmbeddings,
        output=Embeddings,
        examples=({"model": model, "input": ["garden"]},),
    )
