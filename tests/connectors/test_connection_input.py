"""The values that a person types before connecting, and their description."""

from __future__ import annotations

import dataclasses

import pytest

from connectors.config_types import ConnectionInput
from connectors.errors import ConfigError
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


def test_an_input_needs_every_text() -> None:
    empty = ConnectionInput(title="", description="", example="", pattern="")
    assert empty.problems() == [
        "title is empty",
        "description is empty",
        "example is empty",
        "pattern is empty",
    ]
