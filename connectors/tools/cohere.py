"""Tools of Cohere.

Reference: https://docs.cohere.com/reference/about

Quirks:
1. Classification needs a fine-tuned model, or examples: two at least for each label.

Checked against Cohere's own library (cohere 7.3.1): paths, parameters and the members of answers.
"""

from typing import Literal

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from connectors.chat_tools import MODEL
from connectors.tooling import Args, HttpTool, Needs, Output

_NEEDS = (Needs("cohere"),)


class CreateEmbeddings(Args):
    model: str = Field(pattern=MODEL, description="id of a model for embeddings")
    texts: list[str] = Field(min_length=1, max_length=96, description="texts")
    input_type: Literal["search_document", "search_query", "classification", "clustering"] = Field(
        description="what the vectors are for"
    )
    output_dimension: int | None = Field(None, ge=1, le=4096, description="length of each vector")


class Embeddings(Output):
    embeddings: list[list[float]] = Field(validation_alias=AliasPath("embeddings", "float"))
    billed_tokens: float | None = Field(
        None, validation_alias=AliasPath("meta", "billed_units", "input_tokens")
    )


class RerankDocuments(Args):
    model: str = Field(pattern=MODEL, description="id of a model for reranking")
    query: str = Field(min_length=1, max_length=20_000, description="what is searched for")
    documents: list[str] = Field(min_length=1, max_length=1000, description="texts to order")
    top_n: int | None = Field(None, ge=1, le=1000, description="results at most")


class Ranked(Output):
    index: int = Field(description="place of the document in the call, from 0")
    relevance_score: float


class Ranking(Output):
    results: list[Ranked]


class LabelledText(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1, max_length=10_000)
    label: str = Field(min_length=1, max_length=200)


class ClassifyTexts(Args):
    inputs: list[str] = Field(min_length=1, max_length=96, description="texts to classify")
    examples: list[LabelledText] | None = Field(
        None, max_length=2500, description="texts with their label, two at least for each"
    )
    model: str | None = Field(None, pattern=MODEL, description="id of a fine-tuned model")


class Classified(Output):
    input: str | None = None
    predictions: list[str]
    confidences: list[float]


class Classification(Output):
    classifications: list[Classified]


_GARDEN = [{"text": text, "label": "garden"} for text in ("rake", "spade")]
_OFFICE = [{"text": text, "label": "office"} for text in ("desk", "printer")]

TOOLS = (
    HttpTool(
        name="cohere_create_embeddings",
        description="Return the vectors of texts by a Cohere model; tokens are charged.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/v2/embed",
        body={"embedding_types": ["float"]},
        args=CreateEmbeddings,
        output=Embeddings,
        examples=({"model": "embed-v4.0", "texts": ["garden"], "input_type": "search_query"},),
    ),
    HttpTool(
        name="cohere_rerank_documents",
        description="Order texts by how well they answer a query, with a Cohere model; each call "
        "is charged.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/v2/rerank",
        args=RerankDocuments,
        output=Ranking,
        examples=(
            {"model": "rerank-v4.0-fast", "query": "garden", "documents": ["desk", "garden rake"]},
        ),
    ),
    HttpTool(
        name="cohere_classify_texts",
        description="Tell which label fits each text, by examples or a fine-tuned Cohere model; "
        "each text is charged.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/v1/classify",
        args=ClassifyTexts,
        output=Classification,
        examples=({"inputs": ["hoe"], "examples": [*_GARDEN, *_OFFICE]},),
    ),
)
