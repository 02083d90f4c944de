"""The contract class: what it refuses to be made of, and what its tests come to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.testing import ConnectorContract
from gateway.testing.checks import CHECKS
from gateway.testing.expectations import FIELDS, REQUIRED
from gateway.testing.subject import ContractViolation
from tests.support.subjects import check_named, subject_of

GOOGLE = {name: getattr(subject_of("google").expectations, name) for name in FIELDS}
HOLDS = "its name is its key in the catalog"
TESTS = ("description", "samples", "journey", "refusals", "economy")


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


@pytest.mark.parametrize("name", ["test_refusals", "_hold", "expectations"])
def test_nothing_is_replaced_in_a_contract_that_is_made(name: str) -> None:
    made = contract()
    for each in (made, ConnectorContract):
        with pytest.raises(TypeError, match=f"overrides {name}"):
            setattr(each, name, None)


@pytest.mark.parametrize(
    "mark",
    [
        pytest.mark.skip,
        pytest.mark.skip("later"),
        pytest.mark.skipif(True, reason="-"),
        pytest.mark.xfail,
    ],
)
def test_a_contract_is_not_marked_as_one_that_may_fail(mark: pytest.MarkDecorator) -> None:
    with pytest.raises(TypeError, match="what cannot hold is a gap"):
        mark(contract())
    with pytest.raises(TypeError, match="what cannot hold is a gap"):
        contract(pytestmark=mark)
    with pytest.raises(TypeError, match="what cannot hold is a gap"):
        contract(pytestmark=[pytest.mark.anyio, mark])


def test_other_marks_and_tests_of_ones_own_stand_beside() -> None:
    made = pytest.mark.usefixtures("clock")(contract(test_more=lambda self: None))
    assert made.subject().name == "google"


@pytest.mark.parametrize("name", ["expected_scope", "accepted_input", "refused_typing"])
def test_a_misspelt_expectation_is_no_expectation(name: str) -> None:
    with pytest.raises(TypeError, match=f"has the unknown {name} .*expected_scopes"):
        contract(**{name: ()})


@pytest.mark.parametrize("name", REQUIRED)
def test_data_that_is_missing_is_named(name: str) -> None:
    data = {key: value for key, value in GOOGLE.items() if key != name}
    made: Any = type("TestGoogle", (ConnectorContract,), data)
    for call in (made.expectations, made.subject):
        with pytest.raises(ContractViolation, match=f"TestGoogle does not give {name}$"):
            call()


def test_all_that_is_missing_is_named_at_once() -> None:
    made: Any = type("TestEmpty", (ConnectorContract,), {})
    with pytest.raises(ContractViolation, match="does not give " + ", ".join(REQUIRED)):
        made.expectations()


def test_a_connector_that_is_not_there_fails() -> None:
    with pytest.raises(
        ContractViolation, match=r"nowhere cannot be loaded.*TestGoogle needs folder = Path\("
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
    with pytest.raises(ContractViolation, match="category is 'productivity', expected 'crm'"):
        contract(expected_category="crm")().test_description(
            check_named("its category is the expected one")
        )


def test_a_gap_that_is_closed_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match=f'the gap "{HOLDS}" is closed'):
        contract(gaps={HOLDS: "it cannot"})().test_description(check_named(HOLDS))


def test_an_open_gap_is_an_expected_failure_with_its_reason() -> None:
    name = "its category is the expected one"
    made = contract(expected_category="crm", gaps={name: "sold as one"})
    with pytest.raises(pytest.xfail.Exception, match="sold as one"):
        made().test_description(check_named(name))


@pytest.mark.parametrize(
    ("changes", "name", "says"),
    [
        ({"people": ()}, "it has two people who connect", "not two different ones"),
        ({"account_samples": ()}, "the documented account is read", "account_samples is empty"),
        ({"account_samples": ()}, "an account without its id is an error", "is empty"),
        ({"error_samples": ()}, "documented errors are understood", "error_samples is empty"),
        ({"refresh_sample": None}, "the documented refresh answer is read", "is needed"),
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
