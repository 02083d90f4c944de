"""The price list: read strictly, and applied to what an answer says it used."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.catalog import CONNECTOR_CATALOG
from connectors.errors import ConfigError
from gateway.store.usage import NANO, Price, decimal_text
from gateway.usage.answers import MOST_ANSWER
from gateway.usage.prices import FILE, Estimate, Prices, read_prices
from tests.support.metering import price

SHIPPED = Path(__file__).parents[2] / "connectors" / FILE
TOKENS = [
    {"unit": "in", "amount": "2", "per": 1_000_000, "read": ["usage.in"], "less": ["usage.cached"]},
    {
        "unit": "cached",
        "amount": "0.5",
        "per": 1_000_000,
        "read": ["usage.cached"],
        "optional": True,
    },
    {"unit": "out", "amount": "8", "per": 1_000_000, "read": ["usage.out"]},
]


def estimate(*entries: Any) -> Estimate:
    return Prices(entries).of("notes", "POST", "/v1/search")


def answer(**body: Any) -> bytes:
    return json.dumps(body).encode()


def test_the_shipped_list_is_valid_and_says_where_each_price_is_from() -> None:
    entries = list(read_prices(SHIPPED, connectors=CONNECTOR_CATALOG))
    assert len(entries) > 40
    assert {entry.connector for entry in entries} >= {"openai", "anthropic", "x", "twilio"}
    assert all(entry.confirmed or entry.note for entry in entries)


@pytest.mark.parametrize(
    ("connector", "method", "path"),
    [("x", "GET", "/users/me"), ("notion", "POST", "/v1/search"), ("openai", "GET", "/models")],
)
def test_an_operation_without_a_price_is_unknown(connector: str, method: str, path: str) -> None:
    found = read_prices(SHIPPED).of(connector, method, path)
    assert (found.header, found.bound, found.price(200, b"{}")) == ("unknown", None, None)


def test_a_fixed_price_is_known_before_the_call() -> None:
    found = estimate(price())
    assert found.fixed is not None
    assert found.header == f"0.01 USD, version={found.fixed.version}"
    assert (found.is_measured, found.bound) == (False, NANO // 100)
    assert found.price(200, None) == found.fixed


def test_an_unconfirmed_price_says_so() -> None:
    found = estimate(price(confirmed=False))
    assert found.header.endswith(", confirmed=no")
    cost = found.price(200, None)
    assert cost is not None
    assert not cost.confirmed


def test_a_refusal_costs_nothing_unless_all_is_billed() -> None:
    cost = estimate(price()).price(429, None)
    assert cost is not None
    assert cost.nanos == 0
    always = estimate(price(billed="always")).price(429, None)
    assert always is not None
    assert always.amount == "0.01"


def test_units_are_read_from_the_answer() -> None:
    found = estimate(price(units=TOKENS))
    body = answer(usage={"in": 1000, "cached": 400, "out": 10})
    cost = found.price(200, body)
    assert cost is not None
    assert cost.amount == "0.00148"  # 600 * 2 + 400 * 0.5 + 10 * 8 millionths
    assert found.header == "measured USD, by=cached+in+out"
    assert found.bound is None


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"",
        b"no json",
        b"[]",
        b"{}",
        b"null",
        answer(usage={"in": 1}),
        answer(usage={"in": "many", "out": 1}),
        answer(usage={"in": -1, "out": 1}),
        answer(usage={"in": True, "out": 1}),
        answer(usage={"in": 1.5, "out": 1}),
        answer(usage={"in": 1, "cached": 2, "out": 1}),
        answer(usage={"in": 10**15, "out": 1}),
        answer(usage=[1, 2]),
        b'{"usage":' * 5000,
        answer(usage={"in": 1, "out": 1}) + b" " * MOST_ANSWER,
    ],
    ids=lambda body: repr(body)[:40],
)
def test_what_an_answer_does_not_tell_is_unknown_and_never_nothing(body: bytes | None) -> None:
    assert estimate(price(units=TOKENS)).price(200, body) is None


def test_models_have_their_own_prices_and_an_unlisted_one_is_unknown() -> None:
    def of(amount: str, *models: str) -> Any:
        units = [{"unit": "token", "amount": amount, "read": ["n"]}]
        return price(units=units, when={"model": models}, unless={"tier": ["priority"]})

    found = estimate(of("0.1", "small", "small-20*"), of("5", "large"))
    for model, amount in (("small", "0.1"), ("small-2026", "0.1"), ("large", "5")):
        cost = found.price(200, answer(model=model, n=1))
        assert cost is not None
        assert cost.amount == amount
    for other in ({"model": "huge"}, {}, {"model": 1}, {"model": "large", "tier": "priority"}):
        assert found.price(200, answer(n=1, **other)) is None
    assert found.bound is None  # a new model may cost anything


def test_the_greatest_price_is_known_if_every_answer_has_one() -> None:
    units = [{"unit": "post", "amount": "0.005", "read": ["data[]"], "optional": True, "most": 100}]
    found = estimate(
        price(units=units), price(when={"kind": ["dear"]}, units=[{"unit": "x", "amount": "0.2"}])
    )
    assert found.bound == NANO // 2
    assert found.header == "measured USD, by=post+x, most=0.5"
    cost = found.price(200, answer(data=[1, 2, 3]))
    assert cost is not None
    assert cost.amount == "0.015"
    dear = found.price(200, answer(kind="dear"))
    assert dear is not None
    assert dear.amount == "0.2"


def test_an_event_stream_tells_its_units_in_its_last_events() -> None:
    events = [
        {"type": "start", "message": {"model": "m", "usage": {"in": 100, "out": 1}}},
        {"type": "delta", "usage": {"out": 30}},
        {"type": "stop"},
    ]
    stream = b"".join(
        b"event: x\r\ndata: " + json.dumps(one).encode() + b"\r\n\r\n" for one in events
    )
    found = estimate(price(units=TOKENS, when={"model": ["m"]}, inside=["message"]))
    cost = found.price(200, stream + b"data: [DONE]\n\ndata: {cut")
    assert cost is not None
    assert cost.amount == "0.00044"


def test_a_count_below_the_least_is_not_known_yet() -> None:
    units = [{"unit": "segment", "amount": "0.01", "read": ["num_segments"], "least": 1}]
    assert estimate(price(units=units)).price(201, answer(num_segments="0")) is None
    cost = estimate(price(units=units)).price(201, answer(num_segments="2"))
    assert cost is not None
    assert cost.amount == "0.02"


def test_a_version_changes_with_each_change_of_its_entry() -> None:
    versions = {price().version, price(units=[{"unit": "call", "amount": "0.02"}]).version}
    assert versions == {version for version in versions if version.startswith("2026-11-29-")}
    assert len(versions) == 2
    assert price().version == price().version


@given(st.integers(0, 10**18))
def test_amounts_are_exact_decimals(nanos: int) -> None:
    text = decimal_text(nanos)
    assert Decimal(text) * NANO == nanos
    assert "e" not in text.lower()


@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["usage", "in", "out", "cached", "model"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
    st.integers(100, 599),
)
def test_no_answer_breaks_the_price(body: bytes, status: int) -> None:
    found = estimate(price(units=TOKENS), price(units=TOKENS, when={"model": ["a*"]})).price(
        status, body
    )
    assert found is None or (isinstance(found, Price) and found.nanos >= 0)


VALID = """
[[price]]
connector = "notes"
operation = "POST /v1/search"
currency = "USD"
units = [{ unit = "call", amount = "0.01" }]
source = "https://notes.example/pricing"
checked_on = 2026-11-29
confirmed = true
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"0.01"', '"-1"', "amount"),
        ('"0.01"', "0.01", "amount"),
        ('"USD"', '"usd"', "currency"),
        ("POST /v1/search", "POST v1", "operation"),
        ("https://", "http://", "source"),
        ("confirmed = true", "", "confirmed"),
        ("checked_on = 2026-11-29", 'checked_on = "today"', "checked_on"),
        ("unit =", "x = 1, unit =", "x"),
        ("units = [{ unit", "units = [", "prices.toml"),
        ('"notes"', '"nonesuch"', "no such connector"),
        (VALID, VALID * 2, "two prices"),
        (
            VALID,
            VALID
            + VALID.replace("USD", "EUR").replace("confirmed", 'when = { a = ["b"] }\nconfirmed'),
            "two currencies",
        ),
    ],
)
def test_a_wrong_list_is_explained(tmp_path: Path, old: str, new: str, problem: str) -> None:
    file = tmp_path / FILE
    file.write_text(VALID.replace(old, new))
    with pytest.raises(ConfigError, match=problem):
        read_prices(file, connectors={"notes"})


def test_an_own_list_replaces_whole_operations(tmp_path: Path) -> None:
    ours, own = tmp_path / "a.toml", tmp_path / "b.toml"
    ours.write_text(VALID + VALID.replace("/v1/search", "/v1/other"))
    own.write_text(VALID.replace("0.01", "0.5"))
    prices = read_prices(ours, own, tmp_path / "missing.toml", connectors={"notes"})
    amounts = [
        prices.of("notes", "POST", path).header.split()[0] for path in ("/v1/search", "/v1/other")
    ]
    assert amounts == ["0.5", "0.01"]
