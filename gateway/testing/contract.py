"""The contract of a connector as a pytest class.

    class TestAcme(ConnectorContract):
        connector = "acme"
        scopes = ("read",)
        ...

The tests are the same for every connector and cannot be overridden. The data differ
(``gateway.testing.expectations``), and missing data fail. An author may add tests.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest

from gateway.testing.checks import CHECKS
from gateway.testing.checks.check import Check, Section
from gateway.testing.expectations import (
    FIELDS,
    REQUIRED,
    AccountSample,
    ErrorSample,
    Expectations,
    Person,
    Probe,
    TokenSample,
)
from gateway.testing.runner import workshop
from gateway.testing.subject import ContractViolation, Subject, load_subject


def _checks(section: Section) -> pytest.MarkDecorator:
    found = [check for check in CHECKS if check.section == section]
    return pytest.mark.parametrize("check", found, ids=lambda check: check.name)


class ConnectorContract:
    """Derive a class named ``Test…`` and give it the fields of ``Expectations``.

    ``folder`` is where a connector from outside lives (laid out like ``connectors/``); ``None`` for
    those of this package or of an installed one.
    """

    folder: ClassVar[Path | None] = None

    connector: ClassVar[str]
    scopes: ClassVar[tuple[str, ...]]
    exchange: ClassVar[TokenSample]
    refresh: ClassVar[TokenSample | None]
    accounts: ClassVar[Mapping[tuple[str, str], AccountSample | Mapping[str, Any]]]
    refusals: ClassVar[tuple[ErrorSample, ...]]
    people: ClassVar[tuple[Person, ...]]
    probe: ClassVar[Probe | None]
    accepted_inputs: ClassVar[Mapping[str, Mapping[str, str]]]
    refused_inputs: ClassVar[Mapping[str, tuple[str, ...]]]
    gaps: ClassVar[Mapping[str, str]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # A mixin counts, too: its tests would win over ours.
        added = [base for base in cls.__mro__ if base not in ConnectorContract.__mro__]
        own = {name: value for base in added for name, value in vars(base).items()}
        if taken := sorted(own.keys() & _PROTECTED):
            raise TypeError(
                f"{cls.__name__} overrides {', '.join(taken)}: "
                "a contract's tests are the same for all"
            )
        data = {name for name, value in own.items() if name[0] != "_" and not callable(value)}
        if unknown := sorted(data - {*FIELDS, "folder", "pytestmark"}):
            raise TypeError(
                f"{cls.__name__} has the unknown {', '.join(unknown)} "
                f"(there are: {', '.join(FIELDS)})"
            )

    @classmethod
    def expectations(cls) -> Expectations:
        """The class's data. Raises ``ContractViolation`` naming what is missing."""
        missing = [name for name in REQUIRED if not hasattr(cls, name)]
        if missing:
            raise ContractViolation(f"{cls.__name__} does not give {', '.join(missing)}")
        found = Expectations(**{name: getattr(cls, name) for name in FIELDS if hasattr(cls, name)})
        unknown = found.gaps.keys() - {check.name for check in CHECKS}
        if unknown:
            raise ContractViolation(f"gaps names no check: {', '.join(sorted(unknown))}")
        if not all(reason.strip() for reason in found.gaps.values()):
            raise ContractViolation("a gap has no reason")
        return found

    @classmethod
    @cache
    def subject(cls) -> Subject:
        """The connector with everything that is expected of it. Raises ``ContractViolation``."""
        expectations = cls.expectations()
        record = Path(inspect.getfile(cls)).parent / "wire" / f"{expectations.connector}.json"
        return load_subject(expectations, record, cls.folder)

    @_checks("description")
    def test_description(self, check: Check) -> None:
        """The description is complete and safe."""
        self._hold(check)

    @_checks("samples")
    def test_samples(self, check: Check) -> None:
        """Documented answers are understood."""
        self._hold(check)

    @_checks("journey")
    def test_journey(self, check: Check) -> None:
        """Connecting, using, refreshing and disconnecting work on the wire."""
        self._hold(check)

    @_checks("refusals")
    def test_refusals(self, check: Check) -> None:
        """Every failure is a typed error, and nothing is stored."""
        self._hold(check)

    @_checks("economy")
    def test_economy(self, check: Check) -> None:
        """Every declared field makes a difference."""
        self._hold(check)

    @_checks("record")
    def test_record(self, check: Check) -> None:
        """The wire carries what was recorded and reviewed."""
        self._hold(check)

    @classmethod
    def _hold(cls, check: Check) -> None:
        finding = workshop().finding(check, cls.subject())
        if finding.outcome == "FAILED":
            raise ContractViolation(finding.reason) from finding.error
        if finding.outcome == "gap":
            pytest.xfail(finding.reason)


_PROTECTED = {name for name in vars(ConnectorContract) if name.startswith(("test_", "_hold"))} | {
    "expectations",
    "subject",
    "__init_subclass__",
    "__test__",
}
"""A contract consists of these: its tests, the way to their data, and their collection."""
