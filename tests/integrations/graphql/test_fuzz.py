"""Any schema: what is read of it has unique short names, and requests with one root field."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import jsonschema_rs
from graphql import build_schema, graphql_sync, parse
from graphql.language import ast
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import IntegrationRefused
from gateway.integrations.graphql.document import read_operations
from gateway.integrations.graphql.introspection import QUERY
from gateway.integrations.graphql.request import request_of
from tests.integrations.graphql.schemas import SHOP, read

TOLD = graphql_sync(build_schema(SHOP), QUERY).data
NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
WORDS = ["OBJECT", "NON_NULL", "LIST", "Pet", "Root", "Species", "Filter", "x) { y", "__type", ""]
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "name", "ofType", "type", "args", "fields"]), inner, max_size=4
        )
    ),
    max_leaves=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a JSON value: what holds it, and its key."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        keys = range(len(holder)) if isinstance(holder, list) else list(holder)
        for key in keys:
            found.append((holder, key))
            if isinstance(holder[key], (dict, list)):
                waiting.append(holder[key])
    return found


COUNT = len(places({"data": TOLD}))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, COUNT - 1), VALUES), min_size=1, max_size=8))
def test_an_introspection_that_lies_anywhere(lies: list[tuple[int, Any]]) -> None:
    said = {"data": copy.deepcopy(TOLD)}
    at = places(said)
    for number, value in lies:
        holder, key = at[number]
        holder[key] = value
    try:
        found, skipped = read_operations(json.dumps(said).encode())
    except IntegrationRefused:
        return
    assert len({each.name for each in found}) == len(found)
    assert all(each.name.isprintable() and each.reason for each in skipped)
    for each in found:
        assert NAME.fullmatch(each.name)
        assert each.digest
        jsonschema_rs.validator_for(dict(each.input_schema))
        jsonschema_rs.validator_for(dict(each.output_schema))
        arguments = dict.fromkeys(each.call["arguments"], 1)
        (operation,) = parse(request_of(each.call, arguments).json["query"]).definitions
        assert isinstance(operation, ast.OperationDefinitionNode)
        assert len(operation.selection_set.selections) == 1
        assert operation.operation.value == each.call["operation"]


LETTERS = st.text(alphabet="aAbB_1", min_size=1, max_size=60).filter(
    lambda name: not name[0].isdigit() and not name.startswith("__")
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(LETTERS, min_size=1, max_size=30, unique=True),
    st.lists(LETTERS, max_size=30, unique=True),
)
def test_names_are_words_unique_and_short(queries: list[str], mutations: list[str]) -> None:
    sdl = "type Query { " + " ".join(f"{name}: Int" for name in queries) + " }"
    if mutations:
        sdl += " type Mutation { " + " ".join(f"{name}: Int" for name in mutations) + " }"
    found, skipped = read(sdl)
    assert skipped == []
    assert len(found) == len(queries) + len(mutations)
    assert all(NAME.fullmatch(name) and len(name) <= 40 for name in found)
