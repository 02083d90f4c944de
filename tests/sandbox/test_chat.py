"""OpenAI's requests from the provider's side: which bodies and models are refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.provider import FictionalAccount
from connectors.shapes import wrong
from connectors.simulated_api import Refused, Request, Route, SimulatedApi
from connectors.simulated_chat import add_chat, add_embeddings, add_responses

SAID = [{"role": "user", "content": "Say hello."}]
ADD: dict[str, tuple[Any, dict[str, Any]]] = {
    "/chat/completions": (add_chat, {"messages": SAID}),
    "/responses": (add_responses, {"input": SAID}),
    "/embeddings": (add_embeddings, {"input": ["garden"]}),
}


def route(path: str) -> Route:
    api = SimulatedApi("acme", base="api.acme.example/v1")
    add, _ = ADD[path]
    add(api, path, models={"small"}, status=400, more={"seed?": int})
    return api.routes[0]


def call(path: str, **body: Any) -> Any:
    return route(path).answer(
        Request(
            account=FictionalAccount(key="ana", label="Ana", facts={}),
            tenant="",
            scopes=None,
            method="POST",
            host="api.acme.example",
            path={},
            query={},
            body={**ADD[path][1], **body},
            headers={},
            state={},
            now=datetime(2026, 11, 29, tzinfo=UTC),
        )
    )


@pytest.mark.parametrize("path", ADD)
def test_an_unknown_model_is_refused_with_the_providers_status(path: str) -> None:
    assert call(path, model="small")["model"] == "small"
    with pytest.raises(Refused) as refused:
        call(path, model="large")
    assert (refused.value.problem.kind, refused.value.problem.status) == ("model", 400)


@pytest.mark.parametrize("path", ADD)
def test_a_body_has_the_shared_members_and_those_of_the_provider(path: str) -> None:
    body = {**ADD[path][1], "model": "small", "seed": 7}
    assert wrong(route(path).body, body) is None
    assert wrong(route(path).body, {**body, "stream": True}) == "unknown member stream"
    assert wrong(route(path).body, {**body, "seed": "7"}) == "seed must be int"


def test_one_text_is_one_vector_and_a_list_as_many() -> None:
    path = "/embeddings"
    assert len(call(path, model="small", input="garden")["data"]) == 1
    assert [each["index"] for each in call(path, model="small", input=["a", "b"])["data"]] == [0, 1]
