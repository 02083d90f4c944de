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
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest

from gateway.testing.checks import CHECKS, KEY_CHECKS
from gateway.testing.checks.check import Check, Section
from gateway.testing.expectations import (
    AccountSample,
    ErrorSample,
    Expectations,
    KeyExpectations,
    Person,
    Probe,
    TokenSample,
    fields_of,
    required_of,
)
from gateway.testing.key_subject import KeySubject, load_key_subject
from gateway.testing.runner import workshop
from gateway.testing.subject import ContractViolation, Subject, load_subject


def _checks(section: Section, checks: Sequence[Check] = CHECKS) -> pytest.MarkDecorator:
    found = [check for check in checks if check.section == section]
    return pytest.mark.parametrize("check", found, ids=lambda check: check.name)


class Contract:
    """What all contracts share. Derive from ``ConnectorContract`` or ``KeyContract``.

    ``folder`` is where a connector from outside lives (laid out like ``connectors/``); ``None`` for
    those of this package or of an installed one.
    """

    folder: ClassVar[Path | None] = None

    connector: ClassVar[str]
    people: ClassVar[tuple[Person, ...]]
    probe: ClassVar[Probe | None]
    refused_inputs: ClassVar[Mapping[str, tuple[str, ...]]]
    gaps: ClassVar[Mapping[str, str]]

    _kind: ClassVar[type] = Expectations
    checks: ClassVar[tuple[Check, ...]] = CHECKS

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__module__ == __name__:
            return
        # A mixin counts, too: its tests would win over ours.
        added = [base for base in cls.__mro__ if base.__module__ != __name__ and base is not object]
        own = {name: value for base in added for name, value in vars(base).items()}
        if taken := sorted(own.keys() & _PROTECTED):
            raise TypeError(
                f"{cls.__name__} overrides {', '.join(taken)}: "
                "a contract's tests are the same for all"
            )
        data = {name for name, value in own.items() if name[0] != "_" and not callable(value)}
        known = fields_of(cls._kind)
        if unknown := sorted(data - {*known, "folder", "pytestmark"}):
            raise TypeError(
                f"{cls.__name__} has the unknown {', '.join(unknown)} "
                f"(there are: {', '.join(known)})"
            )

    @classmethod
    def expectations(cls) -> Any:
        """The class's data. Raises ``ContractViolation`` naming what is missing."""
        missing = [name for name in required_of(cls._kind) if not hasattr(cls, name)]
        if missing:
            raise ContractViolation(f"{cls.__name__} does not give {', '.join(missing)}")
        said = {name: getattr(cls, name) for name in fields_of(cls._kind) if hasattr(cls, name)}
        found = cls._kind(**said)
        unknown = found.gaps.keys() - {check.name for check in cls.checks}
        if unknown:
            raise ContractViolation(f"gaps names no check: {', '.join(sorted(unknown))}")
        if not all(reason.strip() for reason in found.gaps.values()):
            raise ContractViolation("a gap has no reason")
        return found

    @classmethod
    def subject(cls) -> Subject | KeySubject:
        """The connector with everything that is expected of it. Raises ``ContractViolation``."""
        raise NotImplementedError

    @classmethod
    def _record(cls, name: str) -> Path:
        return Path(inspect.getfile(cls)).parent / "wire" / f"{name}.json"

    @classmethod
    def _hold(cls, check: Check) -> None:
        finding = workshop().finding(check, cls.subject())
        if finding.outcome == "FAILED":
            raise ContractViolation(finding.reason) from finding.error
        if finding.outcome == "gap":
            pytest.xfail(finding.reason)


class ConnectorContract(Contract):
    """Derive a class named ``Test…`` and give it the fields of ``Expectations``."""

    scopes: ClassVar[tuple[str, ...]]
    exchange: ClassVar[TokenSample]
    refresh: ClassVar[TokenSample | None]
    accounts: ClassVar[Mapping[tuple[str, str], AccountSample | Mapping[str, Any]]]
    refusals: ClassVar[tuple[ErrorSample, ...]]
    accepted_inputs: ClassVar[Mapping[str, Mapping[str, str]]]

    @classmethod
    @cache
    def subject(cls) -> Subject:
        """The connector with everything that is expected of it. Raises ``ContractViolation``."""
        expectations = cls.expectations()
        return load_subject(expectations, cls._record(expectations.connector), cls.folder)

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


class KeyContract(Contract):
    """Derive a class named ``Test…`` and give it the fields of ``KeyExpectations``.

    For a connector that takes pasted keys, alone or beside OAuth.
    """

    account: ClassVar[tuple[str, str] | None]

    _kind = KeyExpectations
    checks = KEY_CHECKS

    @classmethod
    @cache
    def subject(cls) -> KeySubject:
        """The connector with everything that is expected of it. Raises ``ContractViolation``."""
        expectations = cls.expectations()
        record = cls._record(f"{expectations.connector}-key")
        return load_key_subject(expectations, record, cls.folder)

    @_checks("description", KEY_CHECKS)
    def test_description(self, check: Check) -> None:
        """The description is complete and safe."""
        self._hold(check)

    @_checks("journey", KEY_CHECKS)
    def test_journey(self, check: Check) -> None:
        """Connecting, using, replacing and checking again work on the wire."""
        self._hold(check)

    @_checks("refusals", KEY_CHECKS)
    def test_refusals(self, check: Check) -> None:
        """Wrong keys are refused, outages leave keys unchecked, and no key is told."""
        self._hold(check)

    @_checks("record", KEY_CHECKS)
    def test_record(self, check: Check) -> None:
        """The wire carries what was recorded and reviewed."""
        self._hold(check)


_PROTECTED = {
    name
    for kind in (Contract, ConnectorContract, KeyContract)
    for name in vars(kind)
    if name.startswith(("test_", "_hold", "_kind", "checks", "_record"))
} | {"expectations", "subject", "__init_subclass__", "__test__"}
"""A contract consists of these: its tests, the way to their data, and their collection."""
