"""A provider's account data is hostile until checked (rule 8, security C6)."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.account import AccountInfo
from gateway.engine.account import MAX_ID, MAX_LABEL, MAX_METADATA, clean_account
from gateway.errors import UnreadableResponse
from gateway.text import clean_text


def cleaned(account_id: str = "id-1", label: str = "Acme", /, **metadata: Any) -> AccountInfo:
    """An account after cleaning."""
    return clean_account(
        AccountInfo(external_account_id=account_id, account_label=label, metadata=metadata)
    )


def test_an_ordinary_account_stays_as_it_is() -> None:
    info = AccountInfo(
        external_account_id="T1:ü 1",
        account_label="Ñandú & Søns <GmbH> 東京 👩‍🚀"[:22],
        metadata={"plan": {"seats": [1, 2.5, None, True]}, "name": "Zoë"},
    )
    assert clean_account(info) == info


@pytest.mark.requirement("C6", "G3")
@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("  Acme \t\r\n HQ  ", "Acme HQ"),
        ("Ac\x00me\x1b[31m", "Acme[31m"),
        ("Acme\u202egpj.exe", "Acmegpj.exe"),
        ("\u2066Acme\u2069\u200f\u061c", "Acme"),
        ("A\u200bc\u200dm\ufeffe\u00ad", "Acme"),
        ("Acme\ud800", "Acme"),
        ("\ue000Acme\U000e0041\uffff", "Acme"),
        ("line one\u2028line two\u2029\x85end", "line one line two end"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
    ids=ascii,
)
def test_a_label_is_one_printable_line(label: str, shown: str) -> None:
    """control, bidi and invisible characters go; the page escapes the rest."""
    assert cleaned("id-1", label).account_label == shown


@pytest.mark.requirement("C6")
def test_a_label_is_cut() -> None:
    assert cleaned("id-1", "x" * 1_000_000).account_label == "x" * MAX_LABEL == "x" * 200


@pytest.mark.parametrize("label", ["", " ", "\u200b\u202e", "\x00", "\ud800"], ids=ascii)
def test_a_label_of_nothing_becomes_the_id(label: str) -> None:
    assert cleaned("id-1", label).account_label == "id-1"


@pytest.mark.requirement("C6")
@pytest.mark.parametrize(
    "account_id",
    [
        "",
        " ",
        "x" * (MAX_ID + 1),
        "a\nb",
        "a\x00",
        "a\u202eb",
        "a\u200bb",
        "\ud800",
        "a\u2028",
        "\u00a0",
    ],
    ids=ascii,
)
def test_an_id_is_never_repaired(account_id: str) -> None:
    """Cleaning could make two identities one."""
    with pytest.raises(UnreadableResponse, match="account id"):
        cleaned(account_id)


@pytest.mark.parametrize("account_id", ["1", "x" * MAX_ID, "a b", "${x}", "$where", "a.b", "🚀"])
def test_any_short_printable_id_is_an_id(account_id: str) -> None:
    assert cleaned(account_id).external_account_id == account_id


@pytest.mark.requirement("C6")
def test_metadata_up_to_16_kib_is_kept_and_more_is_dropped() -> None:
    """An account without its metadata is better than no account, and than a huge row."""
    room = MAX_METADATA - len(json.dumps({"text": ""}))
    assert cleaned(text="x" * room).metadata == {"text": "x" * room}
    assert cleaned(text="x" * (room + 1)).metadata == {}
    assert cleaned(text="é" * (room // 2 + 1)).metadata == {}


@pytest.mark.requirement("C6")
@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), b"bytes", {1, 2}, object()],
    ids=["NaN", "infinity", "bytes", "set", "object"],
)
def test_metadata_that_is_no_json_is_unreadable(value: Any) -> None:
    """NaN is read back by Python, and then breaks every answer that it is part of."""
    with pytest.raises(UnreadableResponse, match="metadata"):
        cleaned(value=value)


@pytest.mark.requirement("C6")
def test_metadata_too_deep_to_write_down_is_unreadable() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(UnreadableResponse, match="metadata"):
        cleaned(deep=deep)


@pytest.mark.requirement("C6")
def test_metadata_can_always_be_sent_on() -> None:
    """Half a surrogate pair is legal JSON text and no UTF-8; it would break the reply."""
    odd: dict[str, Any] = {"\udc00": "x", "$where": "a.b", "a\x00": 1}
    metadata = cleaned(name="Ana \ud83d", **odd).metadata
    assert metadata == {"name": "Ana ?", "?": "x", "$where": "a.b", "a\x00": 1}
    json.dumps(metadata, ensure_ascii=False, allow_nan=False).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@pytest.mark.requirement("C6")
@given(account_id=st.text(), label=st.text(), metadata=st.dictionaries(st.text(), JSON))
def test_cleaned_account_data_is_always_safe(
    account_id: str, label: str, metadata: dict[str, Any]
) -> None:
    """bounded, printable, storable, sendable; or unreadable."""
    info = AccountInfo(external_account_id=account_id, account_label=label, metadata=metadata)
    try:
        safe = clean_account(info)
    except UnreadableResponse:
        return
    assert safe.external_account_id == account_id
    assert account_id.isprintable()
    assert 0 < len(safe.account_label) <= MAX_ID
    assert safe.account_label.strip() != ""
    encoded = json.dumps(dict(safe.metadata), ensure_ascii=False, allow_nan=False).encode()
    assert len(encoded) <= MAX_METADATA


@given(text=st.text(), limit=st.integers(1, 50))
def test_a_cleaned_text_is_short_visible_and_on_one_line(text: str, limit: int) -> None:
    shown = clean_text(text, limit)
    assert len(shown) <= limit
    assert not any(unicodedata.category(character)[0] == "C" for character in shown)
    assert len(shown.splitlines()) <= 1
    assert clean_text(shown, limit).split() == shown.split()
