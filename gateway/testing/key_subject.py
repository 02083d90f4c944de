"""The subject of a contract for pasted keys: a connector, its provider, and the expectations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from connectors.catalog import Catalog
from connectors.config import Connector
from connectors.key_method import KeyMethod
from connectors.key_provider import SimulatedKeyProvider
from connectors.provider import SimulatedProvider
from connectors.provider_keys import KeyRules
from gateway.testing.expectations import KeyExpectations, Person, Probe
from gateway.testing.subject import ContractViolation, expect, first_probe, load_sides


@dataclass(frozen=True, kw_only=True)
class KeySubject:
    """A connector with a pasted key under its contract. ``config`` may be a mutant.

    ``record`` is the file that says what goes over the wire.
    """

    expectations: KeyExpectations
    catalog: Catalog
    config: Connector
    provider: SimulatedProvider | SimulatedKeyProvider
    header: str
    record: Path

    @property
    def name(self) -> str:
        """The connector's name."""
        return self.expectations.connector

    @property
    def key(self) -> KeyMethod:
        """The way to connect; raises ``ContractViolation`` without one."""
        if self.config.key is None:
            raise ContractViolation(f"{self.name} has no key")
        return self.config.key

    @property
    def rules(self) -> KeyRules:
        """The provider's rules for keys; raises ``ContractViolation`` without them."""
        if self.provider.keys is None:
            raise ContractViolation(f"the sandbox file of {self.name} has no rules for keys")
        return self.provider.keys

    @property
    def people(self) -> tuple[Person, ...]:
        """Two people with right values: by default, the first two of the provider."""
        return self.expectations.people or self.everybody[:2]

    @property
    def everybody(self) -> tuple[Person, ...]:
        """A person for each account that was given values."""
        held = self.rules.held
        return tuple(
            Person(account=account.key, typed=held[account.key])
            for account in self.provider.accounts
            if account.key in held
        )

    @property
    def probe(self) -> Probe:
        """A tool's call: the first API rule below the provider's ``api_base``, if none is named."""
        return self.expectations.probe or first_probe(self.provider)


def other_character(character: str) -> str:
    """Return another character that may stand in a key in its place."""
    if re.fullmatch(r"[a-eA-E0-8g-yG-Y]", character):
        return chr(ord(character) + 1)
    return {"f": "e", "F": "E", "z": "y", "Z": "Y", "9": "8"}.get(character, "x")


def load_key_subject(
    expectations: KeyExpectations, record: Path, folder: Path | None = None
) -> KeySubject:
    """Load the connector that ``expectations`` are about; the arguments are those of a ``Subject``.

    Raises ``ContractViolation`` if it cannot be loaded, or one of its sides has no keys.
    """
    name = expectations.connector
    catalog, config, provider = load_sides(name, folder)
    subject = KeySubject(
        expectations=expectations,
        catalog=catalog,
        config=config,
        provider=provider,
        header=catalog.module(name).__doc__ or "",
        record=record,
    )
    expect(subject.key and subject.rules, "one side has no keys")
    return subject
