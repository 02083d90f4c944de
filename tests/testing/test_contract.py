"""The contract class: what it refuses to be made of, and what its tests come to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.testing import ConnectorContract, Person
from gateway.testing.checks import CHECKS
from gateway.testing.expectations import Expectations, fields_of, required_of
from gateway.testing.subject import ContractViolation
from tests.support.subjects import check_named, subject_of

GOOGLE = {
    name: getattr(subject_of("google").expectations, name) for name in fields_of(Expectations)
}
HOLDS = "its name is its key in the catalog"
PEOPLE = "it has two people who connect"
NOBODY = (Person(account="nobody"),) * 2
TESTS = ("description", "samples", "journey", "refusals", "economy", "record")


def contract(*bases: type, **changes: Any) -> type[ConnectorContract]:
    """Google's contract, changed: as if its author had written it so."""
    made = type("TestGoogle", (*bases, ConnectorContract), GOOGLE | changes)
    assert issubclass(made, ConnectorContract)
    return made


@pytest.mark.parametrize(
    "name",
    [
        *(f"test_{section}" for section in TESTS),
        "_hold",
        "expectations",
        "subject",
        "__init_subclass__",
        "__test__",
    ],
)
def test_nothing_of_the_contract_is_overridden(name: str) -> None:
    with pytest.raises(TypeError, match=f"overrides {name}: a contract's tests are the same"):
        contract(**{name: None})


@pytest.mark.parametrize("name", ["test_refusals", "subject"])
def test_a_class_that_stands_beside_the_contract_overrides_nothing(name: str) -> None:
    with pytest.raises(TypeError, match=f"overrides {name}"):
        contract(type("Mixin", (), {name: None}))


def test_an_authors_own_tests_stand_beside() -> None:
    assert contract(test_more=lambda self: None).subject().name == "google"


@pytest.mark.parametrize("name", ["scope", "accepted_input", "expected_scopes"])
def test_a_misspelt_expectation_is_no_expectation(name: str) -> None:
    with pytest.raises(TypeError, match=f"has the unknown {name} .*scopes"):
        contract(**{name: ()})


@pytest.mark.parametrize("name", required_of(Expectations))
def test_data_that_is_missing_is_named(name: str) -> None:
    data = {key: value for key, value in GOOGLE.items() if key != name}
    made: Any = type("TestGoogle", (ConnectorContract,), data)
    for call in (made.expectations, made.subject):
        with pytest.raises(ContractViolation, match=f"TestGoogle does not give {name}$"):
            call()


def test_all_that_is_missing_is_named_at_once() -> None:
    made: Any = type("TestEmpty", (ConnectorContract,), {})
    with pytest.raises(
        ContractViolation, match="does not give " + ", ".join(required_of(Expectations))
    ):
        made.expectations()


def test_a_connector_that_is_not_there_fails() -> None:
    with pytest.raises(
        ContractViolation, match=r"nowhere cannot be loaded.*the contract needs folder = Path\("
    ):
        contract(connector="nowhere").subject()


def test_where_a_folder_is_named_none_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    with pytest.raises(ContractViolation, match="nowhere cannot be loaded") as caught:
        contract(connector="nowhere", folder=tmp_path).subject()
    assert "needs folder" not in str(caught.value)


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_gap_needs_a_reason(reason: str) -> None:
    with pytest.raises(ContractViolation, match="a gap has no reason"):
        contract(gaps={HOLDS: reason}).expectations()


def test_a_gap_names_a_check() -> None:
    with pytest.raises(ContractViolation, match="gaps names no check: all of it"):
        contract(gaps={"all of it": "because"}).expectations()


def test_a_check_that_holds_passes_and_one_that_does_not_says_why() -> None:
    contract()().test_description(check_named(HOLDS))
    with pytest.raises(ContractViolation, match="people are not two different ones"):
        contract(people=NOBODY)().test_description(check_named(PEOPLE))


def test_a_gap_that_is_closed_fails() -> None:
    with pytest.raises(ContractViolation, match=f'the gap "{HOLDS}" is closed'):
        contract(gaps={HOLDS: "it cannot"})().test_description(check_named(HOLDS))


def test_an_open_gap_is_an_expected_failure_with_its_reason() -> None:
    made = contract(people=NOBODY, gaps={PEOPLE: "a hermit"})
    with pytest.raises(pytest.xfail.Exception, match="a hermit"):
        made().test_description(check_named(PEOPLE))


@pytest.mark.parametrize(
    ("changes", "name", "says"),
    [
        ({"accounts": {}}, "the documented account is read", "accounts is empty"),
        ({"accounts": {}}, "an account without its id is an error", "is empty"),
        ({"refresh": None}, "the documented refresh answer is read", "is needed"),
        (
            {"refused_inputs": {"shop": ()}},
            "what people type is understood",
            "refused_inputs has samples for shop, which is no input",
        ),
    ],
)
def test_samples_that_are_missing_fail(changes: dict[str, Any], name: str, says: str) -> None:
    with pytest.raises(ContractViolation, match=says):
        contract(**changes)().test_samples(check_named(name))


def test_every_check_is_a_test_of_its_section() -> None:
    marks = {
        section: getattr(ConnectorContract, f"test_{section}").pytestmark[0] for section in TESTS
    }
    collected = [check for section in TESTS for check in marks[section].args[1]]
    assert collected == [*CHECKS]
    assert all(check.section == section for section in TESTS for check in marks[section].args[1])
