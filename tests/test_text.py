"""Text of others: what people see of it, and what a terminal does not obey."""

from __future__ import annotations

import ast
import io
import json
import unicodedata
from pathlib import Path

import pytest

from connectors.account import AccountInfo
from gateway.engine.account import clean_account
from gateway.errors import UnreadableResponse
from gateway.observe.logs import configure_logs, get_logger
from gateway.text import MOST_MARKS, clean_text, printable, say, shows

ROOT = Path(__file__).parents[1]
HOSTILE = "\x1b]0;owned\x07\x1b[2J\r\x9b31m\u202ered\u2028line\x7f\ud800"
INVISIBLE = ["", " ", "\u3164", "\u115f\u1160", "\uffa0", "\u2800 \u2800", "\u034f", "\u0301\u0301"]


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_a_label_that_shows_as_nothing_is_no_label(text: str) -> None:
    assert not shows(text)
    assert clean_text(text, 100) == ""
    account = AccountInfo(external_account_id="id-1", account_label=text, metadata={})
    assert clean_account(account).account_label == "id-1"


@pytest.mark.parametrize("text", ["\u3164", "\u2800\u2800", "\u0301"], ids=ascii)
def test_an_account_id_that_shows_as_nothing_is_refused(text: str) -> None:
    with pytest.raises(UnreadableResponse):
        clean_account(AccountInfo(external_account_id=text, account_label="Ana", metadata={}))


@pytest.mark.parametrize(
    "text", ["Ana Díaz", "Nguyễn Thị Ánh", "שָׁלוֹם", "สวัสดีที่", "हिन्दी", "李雷", "🙂 team", "."]
)
def test_the_names_of_people_stay_as_they_are(text: str) -> None:
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, text)
        assert clean_text(name, 100) == name


def test_a_pile_of_combining_marks_is_cut() -> None:
    assert clean_text("Z" + "\u0301" * 500 + "a" + "\u0301" * 500, 100) == (
        "Z" + "\u0301" * MOST_MARKS + "a" + "\u0301" * MOST_MARKS
    )


def test_control_characters_are_escaped_and_json_keeps_its_meaning() -> None:
    assert printable(HOSTILE).isprintable()
    assert printable("Ana Díaz 🙂\n") == "Ana Díaz 🙂\\n"
    assert json.loads(printable(json.dumps([HOSTILE], ensure_ascii=False))) == [HOSTILE]


@pytest.mark.parametrize("error", [False, True])
def test_a_command_prints_lines_without_control_characters(
    capsys: pytest.CaptureFixture[str], error: bool
) -> None:
    say(f"one\n{HOSTILE}", error=error)
    printed = capsys.readouterr()
    first, second, rest = (printed.err if error else printed.out).split("\n")
    assert (first, rest) == ("one", "")
    assert second == printable(HOSTILE)


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_log_line_holds_no_control_characters(
    log_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    configure_logs("info", log_format)
    get_logger().info(f"request {HOSTILE}", path=f"/{HOSTILE}", labels=[HOSTILE])
    (line,) = out.getvalue().rstrip("\n").split("\n")
    assert line.isprintable()
    assert "owned" in line


def test_commands_print_through_one_function() -> None:
    """It escapes; the meter alone writes its own control characters."""
    found = {
        str(path.relative_to(ROOT))
        for folder in ("commands", "dev")
        for path in (ROOT / "gateway" / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "sys.stdout.write"}
    }
    assert found == {"gateway/commands/encryption.py"}
