"""The corpus of GraphQL schemas: a named refusal, or a named loss, and nothing else happens."""

from __future__ import annotations

import json
import re

import jsonschema_rs
import pytest
from graphql import parse
from graphql.language import ast

from gateway.engine.integration import Definition, Skipped
from gateway.errors import IntegrationRefused
from gateway.integrations.graphql.document import read_operations
from gateway.integrations.graphql.request import request_of
from tests.integrations.hostile.case import Case
from tests.integrations.hostile.graphql_schemas import CYCLES, REFUSED, SCHEMAS, SIZES
from tests.integrations.hostile.measured import read_apart

NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


def named(cases: tuple[Case, ...]) -> pytest.MarkDecorator:
    """Parametrize a test with cases."""
    return pytest.mark.parametrize("case", cases, ids=[each.name for each in cases])


def test_each_name_is_there_once() -> None:
    assert len(SCHEMAS) >= 60
    assert len({each.name for each in SCHEMAS}) == len(SCHEMAS)


@named(tuple(each for each in SCHEMAS if each not in SIZES))
def test_a_hostile_schema(case: Case) -> None:
    if case.refused is not None:
        with pytest.raises(IntegrationRefused) as refused:
            read_operations(case.make())
        assert refused.value.code == case.refused
        assert len(refused.value.reason) < 400
        return
    found, skipped = read_operations(case.make())
    assert {each.code for each in skipped} == case.skipped
    harmless(found, skipped)


def harmless(found: tuple[Definition, ...], skipped: tuple[Skipped, ...]) -> None:
    """Check what operations may hold, whatever the schema."""
    assert "fine" in {each.name for each in found}
    assert len({each.name for each in found}) == len(found)
    for each in found[:50]:
        assert len(each.name) <= 40
        assert NAME.fullmatch(each.name)
        assert len(each.description) <= 1_000
        assert each.description.isprintable()
        assert each.digest
        said = json.dumps([each.input_schema, each.output_schema, each.call], ensure_ascii=False)
        assert len(said.encode()) < 100_000  # half of a character cannot be encoded
        jsonschema_rs.validator_for(dict(each.input_schema))
        jsonschema_rs.validator_for(dict(each.output_schema))
        one_root_field(each)
    for left_out in skipped:
        assert left_out.name.isprintable()


def one_root_field(definition: Definition) -> None:
    """Check that no name of the schema makes the request another one."""
    arguments = dict.fromkeys(definition.call["arguments"], 1)
    (operation,) = parse(request_of(definition.call, arguments).json["query"]).definitions
    assert isinstance(operation, ast.OperationDefinitionNode)
    assert operation.operation.value == definition.call["operation"]
    (root,) = operation.selection_set.selections
    assert isinstance(root, ast.FieldNode)
    assert root.name.value == definition.call["field"]
    assert [each.name.value for each in root.arguments or ()] == list(arguments)


@pytest.mark.long
@named((*REFUSED, *CYCLES, *SIZES))
def test_a_hostile_schema_costs_little(case: Case) -> None:
    """In the reader's own process: the processor's time and the memory that it took."""
    done = read_apart("gateway.integrations.graphql.reader", {}, case.make())
    assert done.seconds < 5
    assert done.mib < 200
    assert len(done.answer) < 16 * 1024 * 1024
    said = json.loads(done.answer)
    if case.refused is not None:
        assert said["refused"]["code"] == case.refused
        return
    assert {each["code"] for each in said["skipped"]} == case.skipped
