"""Text of others has no power over a terminal, shows as something, and is not repeated."""

from __future__ import annotations

import io
import json
import unicodedata
from typing import Any

import pytest

from connectors.account import AccountInfo
from gateway.access.service_keys import Role
from gateway.engine.account import clean_account
from gateway.observe.access_log import flush_logs, log_request
from gateway.observe.logs import configure_logs
from gateway.text import MOST_MARKS
from tests.support.gateway import Harness
from tests.support.problems import problem

ESCAPES = [
    pytest.param("\x1b[2J\x1b[H", id="clear the screen (solana-labs/solana#20495)"),
    pytest.param("\x1b]0;owned\x07", id="window title (GingerGraham/bash-logger#36)"),
    pytest.param("\x1b]8;;file:///etc/passwd\x1b\\x", id="link (jamie8johnson/cqs#1341)"),
    pytest.param("\x9b31m", id="one-character CSI (boxdot/gurk-rs#384)"),
    pytest.param("\x1bPq\x1b\\", id="device control (resend/resend-cli#240)"),
    pytest.param("a\u202eb", id="direction (infinity-next/infinity-next#65)"),
    pytest.param("a\nlevel=error", id="faked line (GHSA-xwfj-jgwm-7wp5)"),
]


@pytest.mark.usefixtures("_restored_logs")
@pytest.mark.parametrize("log_format", ["console", "json"])
@pytest.mark.parametrize("text", ESCAPES)
async def test_path_of_a_request_controls_no_terminal(
    text: str, log_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client chooses the path; the log is read in a terminal (rust-lang/log#611)."""
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    configure_logs("info", log_format)
    log_request("req_1", "GET", f"/v1/{text}/token", 404, 1.0)
    flush_logs()
    (line,) = out.getvalue().rstrip("\n").split("\n")
    assert line.isprintable()
    assert "/v1/" in line


@pytest.mark.parametrize("text", ESCAPES)
async def test_label_of_a_key_controls_no_terminal(gateway: Harness, text: str) -> None:
    """``gateway keys list`` prints labels."""
    admin = await gateway.api(Role.ADMIN)
    answer = await admin.post("/v1/keys", json={"roles": ["tokens"], "label": text})
    assert [*problem(answer, 422, "invalid_request")["errors"]] == ["label"]


BLANK = [
    pytest.param("\u200b" * 15, id="openstreetmap/openstreetmap-website#4538"),
    pytest.param("\u200d\u200d", id="codidact/qpixel#135"),
    pytest.param("\u180e\u2060\u3164\u2800\u2060", id="LemmyNet/lemmy-ui#1715"),
    pytest.param("\ufeff \u00a0", id="codidact/qpixel#160"),
]


@pytest.mark.parametrize("text", BLANK)
def test_account_that_shows_as_nothing_shows_its_id(text: str) -> None:
    account = AccountInfo(external_account_id="id-1", account_label=text, metadata={})
    assert clean_account(account).account_label == "id-1"


@pytest.mark.parametrize("text", BLANK)
async def test_key_has_no_label_that_shows_as_nothing(gateway: Harness, text: str) -> None:
    admin = await gateway.api(Role.ADMIN)
    answer = await admin.post("/v1/keys", json={"roles": ["tokens"], "label": text})
    assert answer.status_code == 422 or answer.json()["label"] == ""


def test_pile_of_marks_does_not_cover_the_lines_around_it() -> None:
    """infinity-next/infinity-next#65: a name with dozens of combining marks."""
    name = "".join(letter + "\u0351\u0310\u0307\u0314\u0347\u032e\u0365" * 3 for letter in "Gustav")
    account = AccountInfo(external_account_id="id-1", account_label=name, metadata={})
    shown = clean_account(account).account_label
    marks = [c for c in shown if unicodedata.category(c)[0] == "M"]
    assert [c for c in shown if c not in marks] == [*"Gustav"]
    assert len(marks) == MOST_MARKS * len("Gustav")


SECRET = "sk-5ecret-0123456789"
MISPLACED: list[Any] = [
    pytest.param({"roles": ["tokens"], SECRET: 1}, id="the name of a field"),
    pytest.param({"kind": SECRET}, id="Agenta-AI/agenta#5795"),
    pytest.param({"label": SECRET}, id="rhesis-ai/rhesis#2484: a missing field"),
    pytest.param({"roles": [SECRET], "label": SECRET + "\n"}, id="pydantic/pydantic#9139"),
    pytest.param({"roles": ["tokens"], "user_assertion": {SECRET: {}}}, id="within another"),
    pytest.param(SECRET, id="cdelmonte-zg/nanoidp#353: no object at all"),
]


@pytest.mark.requirement("J3")
@pytest.mark.parametrize("body", MISPLACED)
async def test_secret_in_a_wrong_place_does_not_come_back(gateway: Harness, body: Any) -> None:
    """Answers are kept in logs and consoles."""
    api = await gateway.api(*Role)
    for path in ("/v1/keys", "/v1/connectors/google/token", "/v1/webhooks"):
        answer = await api.post(path, json=body)
        assert answer.status_code == 422
        assert SECRET not in answer.text + json.dumps(dict(answer.headers))
