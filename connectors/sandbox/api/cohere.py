"""Cohere's API, by docs.cohere.com/reference (embed, rerank, classify) and its own library."""

from collections import Counter
from typing import Any

from connectors.sandbox import Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse
from connectors.simulated_chat import known_model


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"id": "sandbox-1", "message": problem.message})


API = SimulatedApi("cohere", base="api.cohere.com", refuse=_error)


def _billed(**units: int) -> dict[str, Any]:
    return {"api_version": {"version": "2"}, "billed_units": units}


@API.route(
    "POST /v2/embed",
    body={
        "model": str,
        "texts": [str],
        "input_type": {"search_document", "search_query", "classification", "clustering", "image"},
        "output_dimension?": int,
        "embedding_types?": [{"float", "int8", "uint8", "binary", "ubinary", "base64"}],
        "truncate?": {"NONE", "START", "END"},
    },
)
def embed(call: Request) -> Any:
    known_model(call, {"embed-v4.0"})
    if len(call.body["texts"]) > 96:
        refuse("body", "at most 96 texts")
    return {
        "id": call.new_id("embed-"),
        "embeddings": {"float": [[0.125, -0.5, 0.25] for _ in call.body["texts"]]},
        "texts": call.body["texts"],
        "meta": _billed(input_tokens=len(call.body["texts"])),
        "response_type": "embeddings_by_type",
    }


@API.route("POST /v2/rerank", body={"model": str, "query": str, "documents": [str], "top_n?": int})
def rerank(call: Request) -> Any:
    known_model(call, {"rerank-v4.0-fast", "rerank-v4.0-pro"})
    query = call.body["query"].lower()
    scores = [
        (0.9 if query in text.lower() else 0.1, n) for n, text in enumerate(call.body["documents"])
    ]
    ordered = [
        {"index": number, "relevance_score": score}
        for score, number in sorted(scores, key=lambda each: (-each[0], each[1]))
    ]
    top = call.body.get("top_n", len(ordered))
    return {"id": call.new_id("rerank-"), "results": ordered[:top], "meta": _billed(search_units=1)}


@API.route(
    "POST /v1/classify",
    body={
        "inputs": [str],
        "examples?": [{"text": str, "label": str}],
        "model?": str,
        "truncate?": {"NONE", "START", "END"},
    },
)
def classify(call: Request) -> Any:
    counted = Counter(each["label"] for each in call.body.get("examples", []))
    if not counted or min(counted.values()) < 2:
        refuse("body", "each unique label must have at least 2 examples")
    label = next(iter(counted))
    return {
        "id": call.new_id("classify-"),
        "classifications": [
            {
                "id": call.new_id("input-"),
                "input": text,
                "prediction": label,
                "predictions": [label],
                "confidence": 0.8,
                "confidences": [0.8],
                "labels": {each: {"confidence": 0.8 if each == label else 0.2} for each in counted},
                "classification_type": "single-label",
            }
            for text in call.body["inputs"]
        ],
        "meta": _billed(classifications=len(call.body["inputs"])),
    }
