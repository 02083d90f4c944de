"""Each way out of a call is one line of the audit, and holds no value of an argument."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.store.mongo import Document
from tests.tools.conftest import Tools
from tests.tools.test_calls import answers

CANARY = "canary-7f3a9c1e5b2d4860"
UNKNOWN = "relay_get_nothing"

WAYS: list[tuple[str, dict[str, Any], bool, str]] = [
    ("relay_get_item", {"item_id": CANARY}, True, "ok"),
    ("relay_get_item", {"item_id": CANARY}, False, "connector_required"),
    ("relay_get_item", {"item_id": 1, "words": [CANARY]}, True, "invalid_arguments"),
    ("relay_get_item", {CANARY: CANARY}, True, "invalid_arguments"),
    (UNKNOWN, {"item_id": CANARY}, True, "unknown_tool"),
    ("relay_get_refusal", {}, True, "tool_refused"),
    ("relay_get_hidden_failure", {}, True, "tool_answer_unexpected"),
    ("relay_change_often", {"times": 0, "then": "break"}, True, "tool_refused"),
    ("relay_change_often", {"times": 0, "then": "key"}, True, "tool_answer_unexpected"),
    ("relay_get_item", {"item_id": "../" + CANARY}, True, "path_refused"),
]


@pytest.mark.requirement("J1")
@pytest.mark.parametrize(("name", "arguments", "connected", "outcome"), WAYS)
async def test_every_way_out_is_one_line(
    tools: Tools,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
    arguments: dict[str, Any],
    connected: bool,
    outcome: str,
) -> None:
    connection = await tools.proxy.connect() if connected else None
    answers(monkeypatch, "refusal", 400, {"error": {"message": CANARY}})
    answers(monkeypatch, "hidden", 200, {"ok": True, "method": [CANARY]})
    await tools.call(name, **arguments)
    (line,) = await tools.lines()
    assert line["outcome"] == outcome
    assert line["user"] == "alice"
    assert line.get("subject") == (None if name == UNKNOWN else name)
    if outcome not in {"unknown_tool", "invalid_arguments"} and connection is not None:
        assert line["connection"] == connection.id
    known = sorted(set(arguments) - {CANARY}) if name != UNKNOWN else []
    assert line["details"]["arguments"] == known
    assert CANARY not in json.dumps(line, default=str)
    assert CANARY not in "".join(capfd.readouterr())  # nor in the log


async def test_a_tool_adds_to_its_line(tools: Tools) -> None:
    await tools.proxy.connect()
    await tools.call("relay_change_often", times=1)
    (line,) = await tools.lines()
    assert line["details"] == {
        "arguments": ["times"],
        "notes": [{"action": "changing", "details": {"times": 1}}],
    }


async def test_a_token_that_a_tool_takes_is_noted(tools: Tools) -> None:
    await tools.proxy.connect()
    await tools.call("relay_change_often", times=1, then="token")
    services = tools.proxy.harness.services
    await services.audit.flush()
    rows: Any = services.audit._store._rows
    issued: list[Document] = await rows.find({"action": "token.issued"})
    assert [row["user"] for row in issued] == ["alice"]


async def test_each_request_is_one_usage_event(tools: Tools) -> None:
    await tools.proxy.connect()
    await tools.call("relay_change_often", times=3)
    events = await tools.proxy.events()
    assert [event["operation"] for event in events] == ["POST /effect"] * 3
    assert {event["result"] for event in events} == {"answered"}
    assert len({event["request"] for event in events}) == 1  # the call's
