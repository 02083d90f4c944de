"""Shopify's signed callback (security C8): what is accepted, and what every change to it leads to.

The known vector is the one that Shopify's documentation used for years (secret ``hush``).
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.catalog import Catalog
from connectors.context import CallbackContext
from connectors.secret import Secret
from gateway.engine.callback import read_callback, verify_callback
from gateway.errors import CallbackInvalid

SECRET = "shpss_canary"
CONFIG = Catalog({"OAUTH_SHOPIFY_CLIENT_ID": "s-id", "OAUTH_SHOPIFY_CLIENT_SECRET": SECRET}).oauth(
    "shopify"
)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

PARAMS = {
    "code": "0907a61c0c8d55e99db179b68161bc00",
    "host": "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvYWNtZQ",
    "shop": "acme.myshopify.com",
    "state": "Zm9vYmFyLXN0YXRlLW9mLXRoZS1mbG93LTEyMzQ1Njc",
    "timestamp": str(int(NOW.timestamp())),
}


def signed(params: dict[str, str], secret: str = SECRET) -> dict[str, str]:
    """``params`` with the signature as Shopify documents it."""
    message = "&".join(f"{name}={value}" for name, value in sorted(params.items()))
    digest = hmac.new(secret.encode(), message.encode(), hashlib.sha256)
    return params | {"hmac": digest.hexdigest()}


def verdict(
    params: dict[str, str], *, shop: str = "acme", secret: str = SECRET, now: datetime = NOW
) -> str | None:
    """The verdict on a callback with this query: ``None``, or the reason of the refusal."""
    response = read_callback(urlencode(params).encode())
    context = CallbackContext(
        params=response.params,
        client_secret=Secret(secret),
        connection_config={"shop": shop},
        now=now,
    )
    return verify_callback(CONFIG, context)


def test_a_callback_that_shopify_signed_is_accepted() -> None:
    assert verdict(signed(PARAMS)) is None


@pytest.mark.requirement("C8")
def test_the_known_vector_is_accepted() -> None:
    """signature, secret and parameters as in Shopify's documentation."""
    params = {
        "code": "0907a61c0c8d55e99db179b68161bc00",
        "hmac": "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf",
        "shop": "some-shop.myshopify.com",
        "state": "0.6784241404160823",
        "timestamp": "1337178173",
    }
    then = datetime.fromtimestamp(1337178173, UTC)
    assert verdict(params, shop="some-shop", secret="hush", now=then) is None
    assert verdict(params, shop="some-shop", secret="rush", now=then) is not None


@pytest.mark.requirement("C8")
@pytest.mark.parametrize("name", sorted(PARAMS))
def test_one_flipped_bit_in_any_parameter_is_noticed(name: str) -> None:
    """All parameters are signed, each of their bits."""
    right = signed(PARAMS)
    for position, character in enumerate(right[name]):
        for bit in range(7):
            other = chr(ord(character) ^ 1 << bit)
            value = right[name][:position] + other + right[name][position + 1 :]
            assert verdict(right | {name: value}) == "the callback is not signed by Shopify"


@pytest.mark.requirement("C8")
def test_one_flipped_bit_in_the_signature_is_noticed() -> None:
    right = signed(PARAMS)
    for position, character in enumerate(right["hmac"]):
        other = chr(ord(character) ^ 1)
        value = right["hmac"][:position] + other + right["hmac"][position + 1 :]
        assert verdict(right | {"hmac": value}) == "the callback is not signed by Shopify"


@pytest.mark.requirement("C8")
@pytest.mark.parametrize("name", sorted(PARAMS.keys() - {"state", "code"}))
def test_a_missing_parameter_is_noticed(name: str) -> None:
    """The signature covers every parameter."""
    left = {key: value for key, value in signed(PARAMS).items() if key != name}
    assert verdict(left) == "the callback is not signed by Shopify"


@pytest.mark.requirement("C8")
@pytest.mark.parametrize("name", ["extra", "hmac2", "HMAC", "", "shop[]"])
def test_an_extra_parameter_is_noticed(name: str) -> None:
    """The signature is over all parameters, known or not."""
    assert verdict(signed(PARAMS) | {name: "x"}) == "the callback is not signed by Shopify"


def test_parameters_that_shopify_adds_later_are_fine_if_they_are_signed() -> None:
    assert verdict(signed(PARAMS | {"embedded": "1", "session": "abc"})) is None


def test_the_old_signature_parameter_is_not_part_of_what_is_signed() -> None:
    assert verdict(signed(PARAMS) | {"signature": "6e39a2ea9e497af6cb806720da1f1bf3"}) is None


@pytest.mark.requirement("C8", "E5")
@pytest.mark.parametrize(
    "value",
    ["", " ", "0" * 64, "é" * 64, "x" * 10_000],
    ids=["empty", "blank", "zeros", "not ASCII", "long"],
)
def test_a_wrong_signature_of_any_kind_is_refused(value: str) -> None:
    """Comparing digests does not fail on text that is not ASCII either."""
    assert verdict(PARAMS | {"hmac": value}) == "the callback is not signed by Shopify"


@pytest.mark.requirement("C8")
def test_a_missing_signature_is_refused() -> None:
    assert verdict(PARAMS) == "the callback is not signed by Shopify"


@pytest.mark.requirement("C8")
def test_an_upper_case_signature_is_refused() -> None:
    """Shopify sends lower-case hex; nothing else needs to be accepted."""
    right = signed(PARAMS)
    upper = right["hmac"].upper()
    assert upper != right["hmac"]
    assert verdict(right | {"hmac": upper}) == "the callback is not signed by Shopify"


@pytest.mark.requirement("C8")
def test_the_secret_of_another_app_does_not_sign_for_this_one() -> None:
    assert verdict(signed(PARAMS, secret="shpss_other")) == "the callback is not signed by Shopify"


@pytest.mark.requirement("C8")
@pytest.mark.parametrize("seconds", [-90, -89, 0, 89, 90])
def test_a_timestamp_within_ninety_seconds_is_accepted(seconds: int) -> None:
    assert verdict(signed(PARAMS), now=NOW + timedelta(seconds=seconds)) is None


@pytest.mark.requirement("C8")
@pytest.mark.parametrize("seconds", [-3600, -91, -90.001, 90.001, 91, 3600, 86400 * 365])
def test_an_older_or_later_timestamp_is_refused(seconds: float) -> None:
    """A signed callback that was caught cannot be used later."""
    assert (
        verdict(signed(PARAMS), now=NOW + timedelta(seconds=seconds))
        == "the callback is older than 90 seconds"
    )


@pytest.mark.requirement("C8")
@pytest.mark.parametrize(
    "timestamp", ["", "x", "-1", "1.5", "1e9", "٣٣٣", "²", " 1", "0x10", "9" * 13, "9" * 5000]
)
def test_a_timestamp_that_is_no_number_is_refused(timestamp: str) -> None:
    params = PARAMS | {"timestamp": timestamp}
    signature = _signature_over_encoded(params)
    assert verdict(params | {"hmac": signature}) == "the callback has no timestamp"


@pytest.mark.requirement("C8")
def test_a_callback_without_timestamp_is_refused_although_it_is_signed() -> None:
    params = {name: value for name, value in PARAMS.items() if name != "timestamp"}
    assert verdict(signed(params)) == "the callback has no timestamp"


@pytest.mark.requirement("C8")
@pytest.mark.parametrize(
    "shop",
    [
        "other.myshopify.com",
        "acme",
        "ACME.myshopify.com",
        "acme.myshopify.com.evil.com",
        "acme.myshopify.com ",
        "evil.com/acme.myshopify.com",
        "",
    ],
)
def test_a_callback_for_another_shop_is_refused_although_it_is_signed(shop: str) -> None:
    """The shop must be the one that the flow was started for."""
    params = PARAMS | {"shop": shop}
    signature = _signature_over_encoded(params)
    assert verdict(params | {"hmac": signature}) == "the callback is for another shop"


@pytest.mark.requirement("A10", "C8")
@pytest.mark.parametrize(
    "names", [("ids[]", "ids[]"), ("ids", "ids"), ("shop", "shop"), ("hmac", "hmac")]
)
def test_values_that_come_as_an_array_are_refused_before_any_signature(
    names: tuple[str, str],
) -> None:
    """Shopify signs arrays in another form; a callback has no array."""
    pairs = [*signed(PARAMS).items(), (names[0], "1"), (names[1], "2")]
    with pytest.raises(CallbackInvalid, match="repeats"):
        read_callback(urlencode(pairs).encode())


@pytest.mark.requirement("C8")
def test_an_array_in_one_parameter_is_not_what_was_signed() -> None:
    for value in ('["1", "2"]', "1,2"):
        assert verdict(signed(PARAMS) | {"ids": value}) == "the callback is not signed by Shopify"
        assert verdict(signed(PARAMS | {"ids": "12"}) | {"ids": value}) is not None


def test_the_order_of_the_parameters_does_not_matter() -> None:
    assert verdict(dict(reversed(signed(PARAMS).items()))) is None


@pytest.mark.requirement("C8")
@given(extra=st.dictionaries(st.text(min_size=1), st.text(), max_size=4))
def test_any_change_to_a_signed_callback_is_noticed(extra: dict[str, str]) -> None:
    """Only the signed parameters get the verdict ``None``."""
    ours = {name: value for name, value in extra.items() if _is_addable(name, value)}
    changed = signed(PARAMS) | ours
    same = changed == signed(PARAMS)
    assert (verdict(changed) is None) is same


def _is_addable(name: str, value: str) -> bool:
    unread = {"error", "access_token", "id_token", "refresh_token", "signature"}
    return name not in unread and _encodes(name) and _encodes(value) and bool(value)


def _encodes(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _signature_over_encoded(params: dict[str, str]) -> str:
    # As Shopify's library does: for values in which form encoding makes a difference.
    message = urlencode(sorted(params.items()))
    return hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()
