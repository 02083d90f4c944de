"""A secret never shows itself (security J1)."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import traceback
from collections.abc import Callable

import pytest

from connectors.secret import Secret

VALUE = "canary-7Qm2-must-not-show"


@dataclasses.dataclass
class _Holder:
    secret: Secret


WAYS: dict[str, Callable[[Secret], str]] = {
    "repr": repr,
    "str": str,
    "f-string": lambda secret: f"{secret}",
    "f-string with a width": lambda secret: f"{secret:>40}",
    "percent s": lambda secret: "%s" % secret,  # noqa: UP031 - the form under test
    "percent r": lambda secret: "%r" % secret,  # noqa: UP031 - the form under test
    "in a list and a dict": lambda secret: repr([secret, {"a": secret}]),
    "in a dataclass": lambda secret: repr(_Holder(secret)),
    "in a dataclass as a dict": lambda secret: repr(dataclasses.asdict(_Holder(secret))),
    "in an exception": lambda secret: str(ValueError(secret)),
    "in a traceback": lambda secret: "".join(traceback.format_exception(ValueError(secret))),
}


@pytest.mark.requirement("J1")
@pytest.mark.parametrize("show", list(WAYS.values()), ids=list(WAYS))
def test_no_way_of_turning_a_secret_into_text_shows_it(show: Callable[[Secret], str]) -> None:
    """An accident in a log line or a message prints asterisks."""
    shown = show(Secret(VALUE))
    assert VALUE not in shown
    assert "***" in shown


def test_reveal_is_the_way_to_read_it() -> None:
    assert Secret(VALUE).reveal() == VALUE


@pytest.mark.requirement("J1")
@pytest.mark.parametrize(
    "dump", [pickle.dumps, copy.copy, json.dumps], ids=["pickle", "copy", "json"]
)
def test_a_secret_is_not_serialised(dump: Callable[[Secret], object]) -> None:
    """A pickle or a JSON document would carry the value where it is not masked."""
    with pytest.raises(TypeError) as caught:
        dump(Secret(VALUE))
    assert VALUE not in str(caught.value)


def test_a_secret_has_no_attributes_to_be_listed() -> None:
    assert not hasattr(Secret(VALUE), "__dict__")


def test_secrets_are_equal_by_value_and_never_equal_to_a_string() -> None:
    assert Secret(VALUE) == Secret(VALUE)
    assert Secret(VALUE) != Secret(VALUE + "x")
    assert Secret("é") == Secret("é")
    assert Secret(VALUE) != VALUE


def test_a_secret_cannot_be_a_key_of_a_set_or_dict() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Secret(VALUE))


def test_an_empty_secret_is_false() -> None:
    assert not Secret("")
    assert Secret("x")
