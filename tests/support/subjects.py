"""Connectors under their own contracts, and the same with one thing changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from gateway.testing.checks import CHECKS
from gateway.testing.checks.check import Check
from gateway.testing.locate import find_contract
from gateway.testing.subject import Subject

Change = Callable[[Subject], Subject]


@cache
def subject_of(name: str) -> Subject:
    """A connector of the catalog with everything that its contract expects."""
    return find_contract(name).subject()


def check_named(name: str) -> Check:
    """The check of that name."""
    (found,) = (check for check in CHECKS if check.name == name)
    return found


def described(**fields: Any) -> Change:
    """The connector described otherwise."""
    return lambda subject: replace(subject, config=replace(subject.config, **fields))


def simulated(**fields: Any) -> Change:
    """A provider that behaves otherwise."""
    return lambda subject: replace(subject, provider=replace(subject.provider, **fields))


def expected(**fields: Any) -> Change:
    """An author who expects something else."""
    return lambda subject: replace(subject, expectations=replace(subject.expectations, **fields))
