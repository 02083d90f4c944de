"""The bounds of a caller: one tenant, optionally one user and some connectors (F1, F2)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gateway.access.assertions import Assertion
from gateway.errors import AssertionInvalid, Forbidden
from gateway.store.connection import Connection


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """The reach of a call; ``None`` means any. ``asserted`` says that an assertion set them.

    ``admin`` adds the connections of the organisation to those of the user.
    """

    tenant: str
    user: str | None = None
    connectors: frozenset[str] | None = None
    asserted: bool = False
    admin: bool = False

    @property
    def has_org(self) -> bool:
        """Whether the connections of the organisation are within the bounds."""
        return self.user is None or self.admin

    def within(self, assertion: Assertion) -> Bounds:
        """Return the intersection of these bounds and those of ``assertion``."""
        connectors = self.connectors
        if assertion.connector is not None:
            named = frozenset({assertion.connector})
            connectors = named if connectors is None else named & connectors
        return replace(self, user=assertion.user, connectors=connectors, asserted=True)

    def covers(self, connection: Connection) -> bool:
        """Whether a connection is within the bounds. Callers report others as missing (rule 6)."""
        return (
            connection.tenant == self.tenant
            and (self.has_org if connection.user is None else self.user in {None, connection.user})
            and (self.connectors is None or connection.connector in self.connectors)
        )

    def require_connector(self, name: str) -> None:
        """Raise ``Forbidden`` or ``AssertionInvalid`` unless the bounds have the connector."""
        if self.connectors is None or name in self.connectors:
            return
        if self.asserted:
            raise AssertionInvalid("the user assertion is for another connector")
        raise Forbidden(f'this service key is not for the connector "{name}"')

    def require_org(self) -> None:
        """Raise ``Forbidden`` unless the bounds have the organisation's connections."""
        if not self.has_org:
            raise Forbidden(
                "only an administrator of your organisation, or a key without user assertions, "
                "reaches the organisation's connections"
            )

    def require_user(self, user: str) -> None:
        """Raise ``Forbidden`` or ``AssertionInvalid`` unless the bounds have the user."""
        if self.user in {None, user}:
            return
        if self.asserted:
            raise AssertionInvalid("the user assertion is about another user")
        raise Forbidden("a session sees only its own connections")
