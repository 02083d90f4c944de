"""Usage events name the operation of a tool's request, and hold nothing of its arguments."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.tools.named import named_path
from tests.tools import relay

READS = next(each for each in relay.TOOLS if each.name == "relay_get_item")


def test_a_request_as_data_has_the_path_of_its_tool() -> None:
    assert named_path(READS, "/items/secrets", {"item_id": "secrets"}) == "/items/{item_id}"


@pytest.mark.parametrize(
    ("path", "arguments", "named"),
    [
        ("/repos/acme/issues", {"repo": "acme"}, "/repos/{id}/issues"),
        ("/repos/ACME/issues", {"repo": "acme"}, "/repos/{id}/issues"),
        ("/repos/a%20b", {"repo": "a b"}, "/repos/{id}"),
        ("/files/plan.json", {"file": ["plan"]}, "/files/{id}"),
        ("/files/planet", {"a": {"b": [{"c": "plane"}]}}, "/files/{id}"),
        ("/files/on", {"word": "on"}, "/files/{id}"),
        ("/positions", {"word": "on", "none": None, "empty": "", "n": 7}, "/positions"),
    ],
)
def test_a_function_has_no_argument_in_its_path(
    path: str, arguments: dict[str, Any], named: str
) -> None:
    assert named_path(relay.make_pair, path, arguments) == named


def test_arguments_of_any_depth_are_searched() -> None:
    deep: Any = "plan"
    for _ in range(5000):
        deep = [deep]
    assert named_path(relay.make_pair, "/files/plan", {"deep": deep}) == "/files/{id}"
