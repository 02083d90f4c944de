"""The subject of a contract: a connector, its provider's own side, and its author's expectations.

All that the author does not say follows from the provider's side (``sandbox/<name>.py``), never
from the connector's own description.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.account import AccountInfo
from connectors.catalog import Catalog, Hook
from connectors.config import Connector, ConnectorConfig
from connectors.environment import app_variables, variable
from connectors.errors import ConnectorError
from connectors.key_provider import SimulatedKeyProvider
from connectors.provider import IssuedTokens, SimulatedProvider
from gateway.sandbox.functions import call
from gateway.testing.expectations import AccountSample, Expectations, Person, Probe


class ContractViolation(AssertionError):
    """The connector does not do what its contract says. The message says what is wrong."""


def expect(condition: object, message: str) -> None:
    """Raise ``ContractViolation`` with ``message`` unless ``condition`` holds."""
    if not condition:
        raise ContractViolation(message)


async def expect_error(
    doing: Awaitable[Any], kinds: type[Exception] | tuple[type[Exception], ...], otherwise: str
) -> None:
    """Raise ``ContractViolation`` with ``otherwise`` unless ``doing`` raises one of ``kinds``."""
    try:
        await doing
    except kinds:
        return
    raise ContractViolation(otherwise)


def expect_typed(config: ConnectorConfig, whose: str, typed: Mapping[str, str]) -> None:
    """Raise ``ContractViolation`` if ``typed`` lacks an input that ``config`` needs."""
    inputs = config.connection_config.items()
    missing = [name for name, each in inputs if each.default is None and not typed.get(name)]
    example = ", ".join(f'"{name}": "…"' for name in missing)
    expect(
        not missing, f"{whose} types nothing into {', '.join(missing)} (say typed={{{example}}})"
    )


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A connector under its contract. ``config`` may be a mutant instead of the catalog's.

    ``record`` is the file that says what goes over the wire.
    """

    expectations: Expectations
    catalog: Catalog
    config: ConnectorConfig
    provider: SimulatedProvider
    header: str
    record: Path

    @property
    def name(self) -> str:
        """The connector's name."""
        return self.expectations.connector

    @property
    def hook(self) -> Hook | None:
        """The connector's hook; raises ``ConfigError`` if it names one that does not exist."""
        return self.catalog.hook(self.config)

    @property
    def people(self) -> tuple[Person, ...]:
        """Two people who connect: by default, the first two accounts of the provider."""
        offered = (Person(account=account.key) for account in self.provider.accounts[:2])
        return self.expectations.people or tuple(offered)

    @property
    def probe(self) -> Probe:
        """A tool's call: the first API rule below the provider's ``api_base``, if none is named."""
        return self.expectations.probe or first_probe(self.provider)

    @property
    def refreshes(self) -> bool:
        """Whether the provider has refresh tokens."""
        return self.provider.grant.rotation != "never"

    @property
    def extends(self) -> bool:
        """Whether a refresh lets the same access token live on."""
        return self.provider.grant.extends is not None

    @property
    def sends_pkce(self) -> bool:
        """Whether PKCE is to be sent: everywhere, unless the provider refuses it as unknown."""
        return self.provider.authorize.pkce != "refused"

    def echoes(self, scope: str) -> bool:
        """Whether the provider's token answer shows that the person refused a scope."""
        scopes = self.expectations.scopes
        left = tuple(other for other in scopes if other != scope)
        return self._token_answer(scopes) != self._token_answer(left)

    def with_every_scope(self) -> Subject:
        """The same connector, whose operator adds every scope that the provider knows."""
        if not self.config.scopes_sent:
            return self
        scopes = (*self.config.scopes, *sorted(self.provider.authorize.known_scopes))
        return replace(self, config=replace(self.config, scopes=tuple(dict.fromkeys(scopes))))

    def accounts(self) -> Iterator[tuple[AccountInfo, AccountSample]]:
        """Each documented account, with the answers that tell it."""
        for (account_id, label), said in self.expectations.accounts.items():
            sample = said if isinstance(said, AccountSample) else AccountSample(answers=said)
            found = AccountInfo(
                external_account_id=account_id, account_label=label, metadata=sample.metadata
            )
            yield found, sample

    def _token_answer(self, scopes: tuple[str, ...]) -> Mapping[str, Any]:
        issued = IssuedTokens(
            access_token="access",
            refresh_token="refresh",
            expires_in=3600,
            scopes=scopes,
            account=self.provider.accounts[0],
            tenant="",
            params={},
            is_refresh=False,
            issued_at=datetime.now(UTC),
        )
        answer: Mapping[str, Any] = call(
            "token_answer", Mapping, self.provider.token_answer, issued
        )
        return answer


def first_probe(provider: SimulatedProvider | SimulatedKeyProvider) -> Probe:
    """Return a call to the first API rule below ``api_base``, or raise ``ContractViolation``."""
    base = provider.api_base
    for rules in provider.api:
        path = rules.address.removeprefix(base)
        if base and path.startswith("/") and "*" not in path:
            return Probe(path, rules.method)
    raise ContractViolation(
        "the sandbox file has no API rule below api_base: say probe = Probe('/…')"
    )


def load_subject(expectations: Expectations, record: Path, folder: Path | None = None) -> Subject:
    """Load the connector that ``expectations`` are about, with the simulated app's credentials.

    Args:
        expectations: The data of its contract.
        record: The file that says what goes over the wire.
        folder: A folder laid out like ``connectors/``.

    Raises:
        ContractViolation: The connector or its simulated provider cannot be loaded.
    """
    name = expectations.connector
    catalog, config, provider = load_sides(name, folder)
    if not isinstance(config, ConnectorConfig) or not isinstance(provider, SimulatedProvider):
        raise ContractViolation(f"{name} takes pasted keys alone: its contract is a KeyContract")
    return Subject(
        expectations=expectations,
        catalog=catalog,
        config=config,
        provider=provider,
        header=catalog.module(name).__doc__ or "",
        record=record,
    )


def load_sides(
    name: str, folder: Path | None = None
) -> tuple[Catalog, Connector, SimulatedProvider | SimulatedKeyProvider]:
    """Load both sides of a connector; raises ``ContractViolation``."""
    env = {variable(name, "HOSTS"): "*"}
    catalog = Catalog(env, folder)
    try:
        provider = getattr(catalog.sandbox_module(name), "PROVIDER", None)
        if not isinstance(provider, (SimulatedProvider, SimulatedKeyProvider)):
            raise ContractViolation(f"the sandbox file of {name} has no PROVIDER")
        if provider.name != name:
            raise ContractViolation(f'the sandbox file of {name} simulates "{provider.name}"')
        if isinstance(provider, SimulatedProvider):
            env.update(credentials(name, provider))
        return catalog, catalog.get(name), provider
    except ConnectorError as error:
        hint = ""
        if folder is None and name not in catalog.names():
            hint = (
                "; it is not of this package: if it lies in another folder, the contract "
                "needs folder = Path(__file__).parents[1]"
            )
        raise ContractViolation(f"{name} cannot be loaded: {error}{hint}") from None


def credentials(name: str, provider: SimulatedProvider) -> Mapping[str, str]:
    """Return the variables of a connector, set to the simulated app's credentials."""
    variables = app_variables(name, provider.client_id, provider.client_secret)
    return {variable: value for variable, value in variables.items() if value}
