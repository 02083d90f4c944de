"""Other values for one value: what a mutant may be made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pytest

from connectors.account import AccountInfo, account_lookup
from connectors.config_types import ErrorInSuccess, Revocation
from connectors.inputs import ConnectionInput
from connectors.secret import Secret
from gateway.testing.mutants.variants import changed, is_optional, variants
from tests.support.careless import hides_failures, verifies_nothing

Method = Literal["GET", "POST"]


@pytest.mark.parametrize(
    ("value", "hint", "found"),
    [
        (None, str | None, []),
        (True, bool, [("is False", False)]),
        (False, bool, [("is True", True)]),
        ("read", str, [("changed", "reaz")]),
        (3, int, [("changed", 4)]),
        (Secret("s3"), Secret, [("changed", Secret("s4"))]),
        ("GET", Method, [("is 'POST'", "POST")]),
        ("GET", Method | None, [("is 'POST'", "POST"), ("is None", None)]),
        (None, Method | None, [("is 'GET'", "GET"), ("is 'POST'", "POST")]),
        ((), tuple[str, ...], []),
        (
            ("a", "b"),
            tuple[str, ...],
            [
                ("without a", ("b",)),
                ("a changed", ("z", "b")),
                ("without b", ("a",)),
                ("b changed", ("a", "z")),
            ],
        ),
        (
            frozenset({400}),
            frozenset[int],
            [("without 400", frozenset()), ("400 changed", frozenset({401}))],
        ),
        ({"a": "1"}, Mapping[str, str], [("without a", {}), ("a changed", {"a": "9"})]),
        ({}, Mapping[str, str], []),
    ],
)
def test_every_kind_of_value_has_its_variants(
    value: Any, hint: Any, found: list[tuple[str, Any]]
) -> None:
    made = list(variants(value, hint))
    if isinstance(value, Secret):
        assert [(what, other.reveal()) for what, other in made] == [("changed", "s9")]
    else:
        assert made == found


def test_each_part_of_a_small_type_is_varied() -> None:
    made = dict(variants(ErrorInSuccess(flag="ok", code="error"), ErrorInSuccess | None))
    assert made == {
        "flag changed": ErrorInSuccess(flag="oz", code="error"),
        "flag removed": ErrorInSuccess(flag=None, code="error"),
        "ok is False": ErrorInSuccess(flag="ok", ok=False, code="error"),
        "code changed": ErrorInSuccess(flag="ok", code="erroz"),
    }


def test_the_good_value_of_a_flag_that_is_not_there_is_no_variant() -> None:
    made = dict(variants(ErrorInSuccess(), ErrorInSuccess | None))
    assert made == {"code changed": ErrorInSuccess(code="erroz")}


def test_choices_inside_a_small_type_are_all_tried() -> None:
    made = dict(variants(Revocation(params={"id": "1"}), Revocation))
    assert made["method is 'DELETE'"] == Revocation(method="DELETE", params={"id": "1"})
    assert made["token is None"] == Revocation(token=None, params={"id": "1"})
    assert made["params without id"] == Revocation()
    assert {what for what in made if what.startswith("auth")} == {
        "auth is 'client_body'",
        "auth is 'client_header'",
        "auth is 'client_secret'",
        "auth is 'none'",
        "auth is 'access_token'",
    }


def test_an_account_lookup_is_varied_as_data() -> None:
    lookup = account_lookup(id="id", label=("name", "mail"), metadata={"site": "site"})
    made = dict(variants(lookup))
    assert made["label without name"] == account_lookup(
        id="id", label="mail", metadata={"site": "site"}
    )
    assert made["metadata site changed"].metadata == {"site": "sitz"}
    assert made["introspect is True"].introspect


def test_inputs_are_varied_inside_their_mapping() -> None:
    part = ConnectionInput(title="Shop", description="-", example="acme", pattern="[a-z]+")
    made = dict(variants({"shop": part}))
    assert made["without shop"] == {}
    assert made["shop pattern changed"]["shop"].pattern == "[a-y]+"


async def test_an_own_function_becomes_one_that_finds_nothing_wrong() -> None:
    ((what, other),) = variants(hides_failures)
    assert what == "does something else"
    assert isinstance(await other(None), AccountInfo)
    ((what, other),) = variants(verifies_nothing)
    assert what == "does something else"
    assert other(None) is None


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("a", "z"),
        ("z", "y"),
        ("Z", "y"),
        ("8", "9"),
        ("9", "8"),
        ("ab/", "az/"),
        ("", "x"),
        ("--", "--x"),
        ("\n", " "),
        ("${x}", "${z}"),
    ],
)
def test_a_text_is_changed_and_stays_one_of_its_kind(text: str, other: str) -> None:
    assert changed(text) == other


@pytest.mark.parametrize(
    ("hint", "optional"),
    [(str | None, True), (str, False), (Method | None, False), (ErrorInSuccess | None, True)],
)
def test_an_optional_value_is_removed_unless_none_is_a_choice(hint: Any, optional: bool) -> None:
    assert is_optional(hint) is optional
