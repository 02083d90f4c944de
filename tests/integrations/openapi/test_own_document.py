"""The gateway's own description, imported into the gateway: a real document that it serves."""

from __future__ import annotations

import re
from typing import Any

from gateway.integrations.openapi.judge import judge, load_schemas
from gateway.integrations.openapi.request import build_request
from gateway.web.app import OPERATIONS
from gateway.web.openapi import describe
from tests.conftest import GATEWAY_URL
from tests.integrations.openapi.documents import described

DOCUMENT = describe(OPERATIONS, GATEWAY_URL)
FOUND = described(DOCUMENT)


def test_every_operation_is_a_tool_but_those_that_need_a_cookie() -> None:
    served = sum(len(methods) for methods in DOCUMENT["paths"].values())
    assert len(FOUND.definitions) + len(FOUND.skipped) == served
    assert {each.code for each in FOUND.skipped} <= {"cookie"}
    assert len(FOUND.definitions) > 50


def test_it_is_found_as_it_is() -> None:
    assert FOUND.servers == (GATEWAY_URL,)
    assert judge(DOCUMENT, DOCUMENT["openapi"], load_schemas()) == []
    bearer = [each for each in FOUND.methods if each.placements]
    assert [each.placements[0].prefix for each in bearer] == ["Bearer "]


def test_each_tool_calls_its_own_operation() -> None:
    """With any text for what is in the path, the request is one of the operation's path."""
    for each in FOUND.definitions:
        values: dict[str, Any] = {
            parameter["argument"]: "a value"
            for parameter in each.call["parameters"]
            if parameter["in"] == "path"
        }
        asked = build_request(each.call, values)
        own = re.sub(r"\\\{[^{}]+\\\}", "[^/]+", re.escape(each.call["path"]))
        assert re.fullmatch(own, asked.path), (each.name, asked.path)
        assert asked.method.lower() in DOCUMENT["paths"][each.call["path"]]
