"""What a contract is about: a connector, its provider's own side, and what is expected of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors.catalog import Catalog, Hook
from connectors.config import ConnectorConfig
from connectors.errors import ConnectorError
from connectors.sandbox import SimulatedProvider
from gateway.sandbox.link import variable
from gateway.testing.expectations import Expectations


class ContractViolation(AssertionError):
    """The connector does not do what its contract says. The message says what is wrong."""


def expect(condition: object, message: str) -> None:
    """Raise ``ContractViolation`` with ``message`` unless ``condition`` holds."""
    if not condition:
        raise ContractViolation(message)


def expect_typed(config: ConnectorConfig, whose: str, typed: Mapping[str, str]) -> None:
    """Raise ``ContractViolation`` if ``typed`` lacks an input of ``config``."""
    missing = [name for name in config.connection_config if not typed.get(name)]
    example = ", ".join(f'"{name}": "…"' for name in missing)
    expect(
        not missing, f"{whose} types nothing into {', '.join(missing)} (say typed={{{example}}})"
    )


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A connector under its contract. ``config`` may be another one than the catalog's: a mutant."""

    expectations: Expectations
    catalog: Catalog
    config: ConnectorConfig
    provider: SimulatedProvider
    header: str

    @property
    def name(self) -> str:
        """The connector's name."""
        return self.expectations.connector

    @property
    def hook(self) -> Hook | None:
        """The connector's hook; raises ``ConfigError`` if it names one that is not there."""
        return self.catalog.hook(self.config)


def load_subject(expectations: Expectations, folder: Path | None = None) -> Subject:
    """The connector that ``expectations`` are about, with the simulated app's credentials.

    ``folder`` is one laid out like ``connectors/``. Raises ``ContractViolation`` if the connector
    or its simulated provider cannot be loaded.
    """
    name = expectations.connector
    try:
        bare = Catalog({}, folder)
        provider = bare.sandbox_module(name).PROVIDER
        catalog = Catalog(credentials(name, provider), folder)
        config = catalog.get(name)
    except (ConnectorError, AttributeError) as error:
        raise ContractViolation(f"{name} cannot be loaded: {error}") from None
    expect(isinstance(provider, SimulatedProvider), f"the sandbox file of {name} has no PROVIDER")
    expect(provider.name == name, f'the sandbox file of {name} simulates "{provider.name}"')
    return Subject(
        expectations=expectations,
        catalog=catalog,
        config=config,
        provider=provider,
        header=catalog.module(name).__doc__ or "",
    )


def credentials(name: str, provider: SimulatedProvider) -> Mapping[str, str]:
    """The variables of a connector, set to the simulated app's credentials."""
    return {
        variable(name, "CLIENT_ID"): provider.client_id,
        variable(name, "CLIENT_SECRET"): provider.client_secret,
    }
