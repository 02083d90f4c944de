"""The values that a person types before connecting, and their description."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from connectors.errors import ConfigError
from connectors.inputs import ConnectionInput
from tests.support.configs import TENANT, make_config


def test_an_input_with_a_broken_pattern_is_reported() -> None:
    broken = dataclasses.replace(TENANT, pattern="[a-")
    with pytest.raises(
        ConfigError, match=r"connection_config\.company pattern is not a regular exp"
    ):
        make_config(connection_config={"company": broken})


@pytest.mark.parametrize(
    "typed", ["acme", " ACME ", "https://acme.example.com/", "acme.example.com", "HTTPS://Acme/"]
)
def test_an_input_understands_what_people_type(typed: str) -> None:
    assert TENANT.normalise(typed) == "acme"


def test_inputs_are_read_only() -> None:
    config = make_config(connection_config={"company": TENANT})
    with pytest.raises(TypeError, match="does not support item assignment"):
        config.connection_config["evil"] = TENANT  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.connection_config["company"].pattern = ".*"  # type: ignore[misc]


def make_input(**changes: Any) -> ConnectionInput:
    """An input with a title and a description."""
    return ConnectionInput(**{"title": "Site", "description": "Where you sign in."} | changes)


DC = {"eu": {"accounts": "accounts.acme.eu"}, "us": {"accounts": "accounts.acme.example"}}
REGION = make_input(choices=DC)
HOST = make_input(hosts=("*.my.acme.example", "login.acme.example"), example="x.my.acme.example")


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        (
            {"title": "", "description": ""},
            [
                "title is empty",
                "description is empty",
                "needs exactly one of pattern, choices and hosts",
            ],
        ),
        ({"pattern": "x"}, ["example is empty"]),
        ({"pattern": "x", "hosts": ("a.b",)}, ["needs exactly one of pattern, choices and hosts"]),
        ({"pattern": "[A-Z]+", "example": "AB", "keep_case": True}, []),
        (
            {"pattern": "[0-9]+", "example": "12", "keep_case": True},
            ["keep_case is set, and the example has no capital letter"],
        ),
        (
            {"pattern": "[A-Z]+", "example": "AB"},
            ["example does not match pattern (it is lower-cased; keep_case=True keeps its case)"],
        ),
        ({"pattern": "[a-z]+", "example": "ab", "default": ""}, []),
        (
            {"pattern": "[a-z]+", "example": "ab", "default": "1"},
            ["default is not right for pattern"],
        ),
        ({"pattern": ".+", "example": "sk-1", "secret": True}, []),
        (
            {"pattern": ".+", "example": "sk-1", "secret": True, "default": "x"},
            ["is secret, and may only have a pattern (its case is kept)"],
        ),
        (
            {"pattern": "x", "example": "x", "where": "http://a.example"},
            ["where is not an https URL"],
        ),
        ({"choices": DC, "default": "eu"}, []),
        ({"choices": DC, "default": "mars"}, ["default is not right for choices"]),
        (
            {"choices": DC, "example": "eu"},
            ["has choices, and needs no example, suffix or keep_case"],
        ),
        (
            {"choices": {"eu": {"api": "a.example"}, "us": {"title": "America"}}},
            ["choices have different named values"],
        ),
        ({"choices": {"EU": {}}}, ['choices: "EU" is not a short word in lower case']),
        (
            {"choices": {"eu": {"A b": "x"}}},
            ['choices: "eu" has a value that is empty or has no plain name'],
        ),
        (
            {"hosts": ("acme",), "example": "acme"},
            [
                "example does not match hosts",
                'hosts: "acme" is not a host name, "*." and a host name, or "*"',
            ],
        ),
        (
            {"hosts": ("*",), "example": "x.org", "suffix": ".org"},
            ["example does not match hosts", "has a suffix, which a whole host has not"],
        ),
    ],
)
def test_each_mistake_of_an_input_is_named(fields: dict[str, Any], problems: list[str]) -> None:
    assert make_input(**fields).problems() == problems


@pytest.mark.parametrize(("typed", "meant"), [("eu", "eu"), (" EU ", "eu"), ("us", "us")])
def test_a_choice_is_one_of_the_list(typed: str, meant: str) -> None:
    assert REGION.normalise(typed) == meant
    assert REGION.accepts(meant)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("mars", "Please choose one of: eu, us."),
        ("accounts.acme.eu", "Please choose one of: eu, us."),
        ("", "Please choose: Site."),
    ],
)
def test_another_choice_is_refused(value: str, error: str) -> None:
    assert REGION.error(value) == error


@pytest.mark.parametrize(
    "typed",
    [
        "acme.my.acme.example",
        "https://Acme.my.acme.example/",
        "acme--dev.sandbox.my.acme.example",
        "login.acme.example",
    ],
)
def test_a_host_below_a_named_domain_is_right(typed: str) -> None:
    assert HOST.accepts(HOST.normalise(typed))


ALONE = "Please give the host alone, without a {}. Example: x.my.acme.example"
NO_HOST = "This is not a host name. Example: x.my.acme.example"
OUTSIDE = "This host does not belong here. It has to be: *.my.acme.example, or login.acme.example."


@pytest.mark.requirement("H4")
@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("acme.my.acme.example@evil.example", ALONE.format("user name")),
        ("acme.my.acme.example:8443", ALONE.format("port")),
        ("evil.example/.my.acme.example", ALONE.format("path")),
        ("evil.example?.my.acme.example", ALONE.format("query")),
        ("http://acme.my.acme.example", ALONE.format("port")),
        ("evil.example#.my.acme.example", NO_HOST),
        ("evil.example%2f.my.acme.example", NO_HOST),
        ("evil.example\\.my.acme.example", NO_HOST),
        ("..my.acme.example", NO_HOST),
        ("a..b.my.acme.example", NO_HOST),
        ("ac me.my.acme.example", NO_HOST),
        ("äcme.my.acme.example", NO_HOST),
        ("acme\uff0emy.acme.example", NO_HOST),
        ("my.acme.example", OUTSIDE),
        ("evilmy.acme.example", OUTSIDE),
        ("evil.example", OUTSIDE),
        ("login.acme.example.evil.example", OUTSIDE),
        ("x.login.acme.example", OUTSIDE),
    ],
)
def test_another_host_is_refused_with_its_reason(typed: str, error: str) -> None:
    assert HOST.error(HOST.normalise(typed)) == error


@pytest.mark.parametrize("value", ["127.0.0.1", "0x7f.1", "localhost", "2130706433", "[::1]"])
def test_an_address_is_no_host_even_where_any_host_is_right(value: str) -> None:
    anywhere = make_input(hosts=("*",), example="canvas.school.example")
    assert not anywhere.accepts(value)
    assert anywhere.accepts("canvas.other.example")


def test_an_input_with_a_default_may_stay_empty() -> None:
    optional = make_input(pattern="[a-z]+", example="ab", default="")
    assert optional.error(optional.normalise(" ")) is None
    assert make_input(choices=DC, default="us").normalise("") == "us"


def test_a_secret_loses_nothing_but_the_spaces_around_it() -> None:
    key = make_input(pattern=r"\S+", secret=True)
    assert key.normalise(" https://Sk-A/ \n") == "https://Sk-A/"
    assert key.error("x" * 4097) == "This is too long: at most 4096 characters."
    assert key.error("a b") == "This does not look right."


def test_a_secret_is_not_among_the_values_that_are_stored_in_clear() -> None:
    key = make_input(pattern=r"\S+", example="x", secret=True)
    with pytest.raises(ConfigError, match=r"connection_config\.key is secret"):
        make_config(connection_config={"key": key})


@pytest.mark.parametrize("name", ["a.b", "A", "", "a-b"])
def test_the_name_of_an_input_is_plain(name: str) -> None:
    with pytest.raises(ConfigError, match="is not a plain name in lower case"):
        make_config(connection_config={name: TENANT})
