"""A provider that lies about an account: the row and the pages afterwards (security C6, G3)."""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from connectors.account import AccountInfo, account_lookup
from connectors.context import ConnectionContext
from gateway.access.service_keys import Role
from gateway.engine.account import MAX_LABEL, MAX_METADATA
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.rows import Rows
from tests.web.test_hostile_labels import HOSTILE, shape

DEEP: dict[str, Any] = {"end": 1}
for _ in range(200):
    DEEP = {"a": DEEP}

LABELS = {
    "a megabyte": ("x" * 1_000_000, "x" * MAX_LABEL),
    "controls": ("Ac\x00m\x1b[31me\x07\x9b", "Acm[31me"),
    "bidi": ("Acme \u202egpj.exe\u2066", "Acme gpj.exe"),
    "invisible": ("A\u200bc\u200dm\ufeffe\u00ad", "Acme"),
    "lines": ("Acme\r\nSet-Cookie: a=b\u2028HQ", "Acme Set-Cookie: a=b HQ"),
    "surrogate": ("Acme \ud83d", "Acme"),
    "script": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "link": ("javascript:alert(1)", "javascript:alert(1)"),
    "template": ("{{ 7*7 }} ${x} %s", "{{ 7*7 }} ${x} %s"),
    "nothing": ("\u200b\u202e \x00", "1"),
}

METADATA: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "operators": ({"$where": "1", "$set": {"a": 1}}, {"$where": "1", "$set": {"a": 1}}),
    "dots": ({"a.b": 1, ".": 2, "": 3}, {"a.b": 1, ".": 2, "": 3}),
    "NUL": ({"a\x00b": "c\x00d"}, {"a\x00b": "c\x00d"}),
    "prototype": (
        {"__proto__": {"x": 1}, "constructor": 1},
        {"__proto__": {"x": 1}, "constructor": 1},
    ),
    "too much": ({"a": "x" * MAX_METADATA}, {}),
    "deep": (DEEP, DEEP),
    "surrogate": ({"a": "\ud800"}, {"a": "?"}),
    "big number": ({"a": 2**70}, {"a": 2**70}),
    "addresses": (
        {"url": "javascript:alert(1)", "avatar": "https://evil.example/pixel.png"},
        {"url": "javascript:alert(1)", "avatar": "https://evil.example/pixel.png"},
    ),
}


def saying(
    monkeypatch: pytest.MonkeyPatch,
    gateway: Harness,
    *,
    id: Any = "1",
    label: Any = "Acme",
    metadata: dict[str, Any] | None = None,
) -> None:
    """Let Google's account endpoint give this answer to the connector's own code."""
    read = account_lookup(id="id", label="name", metadata={})

    async def lookup(ctx: ConnectionContext) -> AccountInfo:
        said = SimpleNamespace(**vars(ctx) | {"token_response": {"id": id, "name": label}})
        account = await read(cast(ConnectionContext, said))
        return replace(account, metadata=metadata or {})

    patched: Callable[[ConnectionContext], Awaitable[AccountInfo]] = lookup
    catalog = gateway.services.catalog
    config = replace(catalog.oauth("google"), fetch_account_info=patched)
    monkeypatch.setitem(catalog._loaded, "google", config)


async def shown(gateway: Harness) -> tuple[dict[str, Any], str, list[tuple[str, ...]]]:
    """The only connection as the API shows it, and the dashboard: its text and its shape."""
    api = await gateway.api(*Role)
    (told,) = (await api.get("/v1/connections", params={"user": "alice"})).json()["connections"]
    browser = await gateway.browser("alice")
    page = await browser.open("/dashboard/connectors")
    assert page.status_code == 200
    return told, html.unescape(page.text), shape(page.text)


@pytest.mark.requirement("C6", "G3")
@pytest.mark.parametrize(("said", "kept"), [*LABELS.values()], ids=[*LABELS])
async def test_a_label_is_a_short_printable_line_in_the_row_and_on_the_page(
    gateway: Harness, rows: Rows, monkeypatch: pytest.MonkeyPatch, said: str, kept: str
) -> None:
    """Controls and bidi characters are gone, and the rest is text."""
    browser = await gateway.browser("alice")
    saying(monkeypatch, gateway)
    assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
    _, _, plain = await shown(gateway)
    saying(monkeypatch, gateway, label=said)
    assert await browser.connect("google", ACCOUNTS["google"]) == "reconnected"
    row = await rows.connection()
    assert row["account_label"] == kept
    assert not [c for c in row["account_label"] if unicodedata.category(c)[0] == "C"]
    told, text, structure = await shown(gateway)
    assert told["account_label"] == kept
    assert kept in text
    assert structure == plain


@pytest.mark.requirement("C6")
@pytest.mark.parametrize(("said", "kept"), [*METADATA.values()], ids=[*METADATA])
async def test_metadata_is_one_bounded_value_of_the_row_and_on_no_page(
    gateway: Harness,
    rows: Rows,
    monkeypatch: pytest.MonkeyPatch,
    said: dict[str, Any],
    kept: dict[str, Any],
) -> None:
    """No key of it is a key of the database, and no picture or link of it is in a page."""
    saying(monkeypatch, gateway, metadata=said)
    browser = await gateway.browser("alice")
    assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
    stored = (await rows.connection())["metadata"]
    assert isinstance(stored, str)
    assert len(stored.encode()) <= 2 * MAX_METADATA
    assert json.loads(stored) == kept
    told, text, _ = await shown(gateway)
    assert told["metadata"] == kept
    assert "evil.example" not in text
    assert "javascript:" not in text


@pytest.mark.requirement("C6")
@pytest.mark.parametrize(
    "said",
    ["", " ", "x" * 256, "a\nb", "\u202e1", "\x00", None, True, 1.5, ["1"], {"$ne": None}],
    ids=ascii,
)
async def test_an_account_without_a_plain_id_is_not_stored(
    gateway: Harness, rows: Rows, monkeypatch: pytest.MonkeyPatch, said: Any
) -> None:
    """An identity is never repaired: two of them could become one."""
    saying(monkeypatch, gateway, id=said)
    browser = await gateway.browser("alice")
    assert await browser.connect("google", ACCOUNTS["google"]) == "failed"
    assert await rows.connections() == []


@pytest.mark.requirement("C6")
@pytest.mark.parametrize("said", [7, 2**70, "$ne", "a.b", "x" * 255, *HOSTILE[:3]], ids=ascii)
async def test_any_other_id_is_itself(
    gateway: Harness, rows: Rows, monkeypatch: pytest.MonkeyPatch, said: Any
) -> None:
    """Numbers are made text; text that looks like an operator has no effect."""
    saying(monkeypatch, gateway, id=said)
    browser = await gateway.browser("alice")
    assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
    assert (await rows.connection())["external_account_id"] == str(said)
    answer = await gateway.token("google", "alice", account=str(said))
    assert answer.status_code == 200
