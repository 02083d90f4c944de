"""The contract of a connector as a pytest class.

    class TestAcme(ConnectorContract):
        connector = "acme"
        expected_scopes = ("read",)
        ...

The tests are the same for every connector and cannot be overridden; what differs is data
(``gateway.testing.expectations``), and what is missing fails. Tests of one's own may stand beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.catalog import Catalog
from gateway.testing.checks import CHECKS
from gateway.testing.checks.check import Check
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


def _checks(section: str) -> pytest.MarkDecorator:
    found = [check for check in CHECKS if check.section == section]
    return pytest.mark.parametrize("check", found, ids=lambda check: check.name)


def _overrides(cls: type, *names: str) -> str:
    return f"{cls.__name__} overrides {', '.join(names)}: a contract's tests are the same for all"


def _refuse_skipping(cls: type, marks: Any) -> None:
    """``marks`` is what pytest keeps in ``pytestmark``: a mark or several."""
    for mark in marks if isinstance(marks, (list, tuple)) else [marks]:
        if mark.name in {"skip", "skipif", "xfail"}:
            raise TypeError(f"{cls.__name__} is marked {mark.name}: what cannot hold is a gap")


class _Guarded(type):
    """Refuses what is set once the class is made, as decorators do: other tests, and skipping them."""

    def __setattr__(cls, name: str, value: Any) -> None:
        if name in _PROTECTED:
            raise TypeError(_overrides(cls, name))
        if name == "pytestmark":
            _refuse_skipping(cls, value)
        super().__setattr__(name, value)


class ConnectorContract(metaclass=_Guarded):
    """Derive a class named ``Test…`` and give it the fields of ``Expectations``.

    ``folder`` is where a connector from outside lives (laid out like ``connectors/``); ``None`` for
    those of this package or of an installed one.
    """

    folder: ClassVar[Path | None] = None

    connector: ClassVar[str]
    expected_category: ClassVar[str]
    expected_alias: ClassVar[str | None]
    expected_scopes: ClassVar[tuple[str, ...]]
    expected_scopes_not_echoed: ClassVar[frozenset[str]]
    expected_supports_refresh: ClassVar[bool]
    expected_supports_multiple_accounts: ClassVar[bool]
    expected_use_pkce: ClassVar[bool]
    expected_extra_authorize_params: ClassVar[Mapping[str, str]]
    accepted_inputs: ClassVar[Mapping[str, Mapping[str, str]]]
    refused_inputs: ClassVar[Mapping[str, tuple[str, ...]]]
    scopes_are_echoed: ClassVar[bool]
    people: ClassVar[tuple[Person, ...]]
    probe: ClassVar[Probe]
    token_sample: ClassVar[TokenSample]
    refresh_sample: ClassVar[TokenSample | None]
    account_samples: ClassVar[tuple[AccountSample, ...]]
    error_samples: ClassVar[tuple[ErrorSample, ...]]
    gaps: ClassVar[Mapping[str, str]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # Whatever stands beside this class counts, too: a mixin's tests would win over ours.
        beside = [base for base in cls.__mro__ if base not in ConnectorContract.__mro__]
        own = {name for base in beside for name in vars(base)}
        if taken := sorted(own & _PROTECTED):
            raise TypeError(_overrides(cls, *taken))
        for base in beside:
            _refuse_skipping(cls, vars(base).get("pytestmark", ()))
        unknown = {name for name in own if name.startswith(("expected_", "accepted_", "refused_"))}
        if unknown := unknown - set(FIELDS):
            raise TypeError(
                f"{cls.__name__} has the unknown {', '.join(sorted(unknown))} "
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
    def subject(cls) -> Subject:
        """The connector with everything that is expected of it. Raises ``ContractViolation``."""
        expectations = cls.expectations()
        try:
            return load_subject(expectations, cls.folder)
        except ContractViolation as violation:
            if cls.folder is not None or expectations.connector in Catalog({}).names():
                raise
            raise ContractViolation(
                f"{violation}; it is not of this package: if it lies in a folder of its own, "
                f"{cls.__name__} needs folder = Path(__file__).parents[1]"
            ) from None

    @_checks("description")
    def test_description(self, check: Check) -> None:
        """What the description says is what its author expects."""
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
        """Nothing is said that nobody can see."""
        self._hold(check)

    @classmethod
    def _hold(cls, check: Check) -> None:
        subject = cls.subject()
        gap = subject.expectations.gaps.get(check.name)
        if gap is None:
            workshop().run(check, subject)
        elif workshop().failure(check, subject) is None:
            pytest.fail(f'the gap "{check.name}" is closed: take it out')
        else:
            pytest.xfail(gap)


_PROTECTED = {name for name in vars(ConnectorContract) if name.startswith(("test_", "_hold"))} | {
    "expectations",
    "subject",
    "__init_subclass__",
    "__test__",
}
"""What makes a contract: tests, the way to their data, and that they are collected."""
