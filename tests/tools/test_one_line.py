"""What a caller types never ends the line it is put into: mail headers, HTTP headers, queries."""

from __future__ import annotations

import base64
import json
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from pydantic import ValidationError

from connectors.catalog import Catalog
from connectors.tool_context import ToolFailed
from connectors.tooling import FunctionTool, HttpTool
from connectors.tools.google import Compose, raw_message
from gateway.tools.context import _body, header_fields
from gateway.tools.registry import Registry

REGISTRY = Registry(Catalog({}))
ENDS = {
    "CR": "\r",
    "LF": "\n",
    "CRLF and a header": "\r\nBcc: eve@evil.example",
    "NUL": "\x00",
    "VT": "\x0b",
    "ESC": "\x1b",
    "DEL": "\x7f",
    "NEL": "\u0085",
    "CSI": "\u009b",
    "LINE SEPARATOR": "\u2028",
    "PARAGRAPH SEPARATOR": "\u2029",
}
LISTS = {"angle brackets": "<eve@evil.example>", "comma": ",eve@evil.example", "semicolon": ";"}
EACH_END = pytest.mark.parametrize("text", ENDS.values(), ids=ENDS)
MAIL: dict[str, Any] = {"to": ["ben@b.example"], "subject": "Lunch", "text": "At one?"}
LINES = [
    ("gmail_send_message", MAIL, "to", "a{}@b.example"),
    ("gmail_send_message", MAIL, "to", "a@b{}.example"),
    ("gmail_send_message", MAIL, "to", "a@b.example{}"),
    ("gmail_send_message", MAIL, "cc", "a{}@b.example"),
    ("gmail_create_draft", MAIL, "bcc", "a@b.example{}"),
    ("gmail_send_message", MAIL, "subject", "Lunch{}"),
    ("gmail_create_draft", MAIL, "subject", "Lunch{}now"),
    ("outlook_send_message", {}, "to", "a{}@b.example"),
    ("outlook_send_message", {}, "cc", "a@b.example{}"),
    ("outlook_send_message", {}, "subject", "Lunch{}"),
    ("mandrill_send_message", {}, "to", "a{}@b.example"),
    ("mandrill_send_message", {}, "from_email", "a@b.example{}"),
    ("mandrill_send_message", {}, "from_name", "Ana{}"),
    ("mandrill_send_message", {}, "subject", "Lunch{}"),
    ("quickbooks_search_customers", {}, "name", "Acme{}"),
    ("onedrive_search_files", {}, "query", "plan{}"),
]
EACH_LINE = pytest.mark.parametrize(("name", "base", "field", "place"), LINES)


def refused(name: str, base: dict[str, Any], field: str, value: str) -> bool:
    """Whether both the tool and its published schema refuse the value, and take the other one."""
    tool = REGISTRY.tool(name)
    definition = tool.definition
    assert isinstance(definition, HttpTool | FunctionTool)
    arguments = {**(base or tool.examples[0]), field: [value]}
    if tool.input_schema["properties"][field].get("type") != "array":
        arguments[field] = value
    schema_takes = Draft202012Validator(dict(tool.input_schema)).is_valid(arguments)
    try:
        definition.args.model_validate(arguments)
    except ValidationError:
        return not schema_takes
    assert schema_takes
    return False


@EACH_LINE
@EACH_END
def test_nothing_that_ends_a_line_gets_into_one(
    name: str, base: dict[str, Any], field: str, place: str, text: str
) -> None:
    assert not refused(name, base, field, place.format(""))
    assert refused(name, base, field, place.format(text))


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("gmail_send_message", "to"),
        ("gmail_send_message", "cc"),
        ("gmail_create_draft", "bcc"),
        ("outlook_send_message", "to"),
        ("mandrill_send_message", "to"),
    ],
)
def test_one_address_is_one_recipient(name: str, field: str, text: str) -> None:
    base = MAIL if name.startswith("gmail") else {}
    assert refused(name, base, field, f"a@b.example{text}")
    assert refused(name, base, field, f"a{text}@b.example")


def test_a_subject_may_have_what_only_addresses_may_not() -> None:
    subject = "Re: <urgent>, Bcc: eve@evil.example; Größe 👍 «x»"
    args = Compose.model_validate({**MAIL, "cc": ["cy@c.example"], "subject": subject})
    raw = base64.urlsafe_b64decode(raw_message(args)["raw"])
    mail = message_from_bytes(raw, policy=SMTP)
    assert str(mail["Subject"]) == subject
    assert (mail["To"], mail["Cc"], mail["Bcc"]) == ("ben@b.example", "cy@c.example", None)
    assert len(mail.keys()) == len({*mail.keys()}) == 6


@EACH_END
def test_a_function_cannot_send_such_a_header(text: str) -> None:
    assert header_fields({"Prefer": "return=minimal"}) == [(b"prefer", b"return=minimal")]
    for headers in ({"Prefer": f"a{text}b"}, {f"Pre{text}fer": "a"}):
        with pytest.raises(ToolFailed) as caught:
            header_fields(headers)
        assert caught.value.code == "header_refused"
        assert json.dumps(text)[1:-1] not in str(caught.value)


@EACH_END
def test_nor_can_it_with_the_content_type(text: str) -> None:
    kind = "multipart/form-data; boundary=b"
    assert _body(None, None, b"--b--", kind) == (b"--b--", kind.encode())
    with pytest.raises(ToolFailed):
        _body(None, None, b"--b--", f"{kind}{text}")
