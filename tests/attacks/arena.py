"""The scene of an attack: two gateway processes, honest providers, a hostile one, and witnesses.

All attacks share these processes. So each attack uses names that no other one uses, and a test
compares the rows and logs before the attack with those after it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from pymongo import MongoClient

from gateway.access.service_keys import Role
from gateway.clock import utc_now
from gateway.settings.environment import Driver
from gateway.store.proofs import FLOWS
from tests.attacks.hostile import Hostile, running_hostile, write_connectors
from tests.support.browser import Browser
from tests.support.commands import create_key
from tests.support.loopback import NO_TLS
from tests.support.outside import write_solo
from tests.support.processes import Deployment, running_deployment
from tests.support.sandbox import SandboxProcess
from tests.support.sealing import vault_of

Row = dict[str, Any]

DATABASE = "attacks"

SIGNED_IN, SIGNED_OUT, SAME_USER = (
    "signed in as another user",
    "signed out",
    "same user in another browser",
)

VICTIMS = [SIGNED_IN, SIGNED_OUT, SAME_USER]
"""Possible states of the browser that opens an attacker's link."""


@dataclass(frozen=True)
class Before:
    """The state before an attack."""

    sandbox: int
    hostile: int
    connections: list[Row]


@dataclass(frozen=True)
class Arena:
    """The deployment under attack, and the tests' view of its data and logs."""

    deployment: Deployment
    hostile: Hostile
    database_url: str = field(repr=False)

    @property
    def url(self) -> str:
        """The gateway's address for browsers."""
        return self.deployment.public_url

    @property
    def sandbox(self) -> SandboxProcess:
        """The honest providers."""
        return self.deployment.sandbox

    def callback(self, connector: str) -> str:
        """Return the redirect URI of a connector."""
        return f"{self.url}/v1/connectors/{connector}/callback"

    def person(self, role: str) -> str:
        """Return a name that no other attack uses."""
        return f"{role}-{secrets.token_hex(4)}"

    def people(self, kind: str) -> tuple[str, str, str | None]:
        """Return an attacker, a victim, and the user who is signed in in the victim's browser."""
        attacker, victim = self.person("attacker"), self.person("victim")
        return attacker, victim, {SIGNED_IN: victim, SAME_USER: attacker}.get(kind)

    def browser(self) -> Browser:
        """Return a context of a browser profile without JavaScript, on a real connection."""
        return Browser(self.url, httpx.AsyncHTTPTransport(verify=NO_TLS))

    def rows(self, collection: str, **wanted: Any) -> list[Row]:
        """Return rows of the gateway's database, oldest first."""
        with MongoClient[Row](self.database_url) as client:
            return list(client[DATABASE][collection].find(wanted, sort=[("created_at", 1)]))

    def connections(self, user: str) -> list[Row]:
        """Return the linked accounts of a user."""
        return self.rows("connections", owner=f"user:{user}")

    def flows(self, user: str) -> list[Row]:
        """Return the flows of a user."""
        return self.rows("oauth_state", user=user)

    def key(self, *roles: Role) -> str:
        """Create a service key with these roles by the operator's command."""
        return create_key(*roles, env=self.deployment.env)

    def expire_flows(self, user: str) -> None:
        """Age a user's flows by ten minutes; their proofs need the encryption keys."""
        vault, ended = vault_of(self.deployment.env), utc_now() - timedelta(seconds=1)
        with MongoClient[Row](self.database_url, tz_aware=True) as client:
            flows = client[DATABASE]["oauth_state"]
            for row in list(flows.find({"user": user})):
                flows.replace_one(
                    {"_id": row["_id"]}, FLOWS.prove(vault, row | {"expires_at": ended})
                )

    def before(self) -> Before:
        """Return the current state."""
        return Before(self.sandbox.mark(), self.hostile.mark(), self.rows("connections"))

    def assert_nothing_came_of_it(self, before: Before) -> None:
        """Check that no provider got a token request, and that no linked account changed."""
        assert self.sandbox.log(after=before.sandbox, endpoint="token") == []
        assert self.hostile.requests("token", after=before.hostile) == []
        assert self.rows("connections") == before.connections

    def assert_burnt(self, user: str) -> None:
        """Check that every flow of a user is used up and has no verifier."""
        flows = self.flows(user)
        assert flows
        for flow in flows:
            assert flow["used_at"] is not None
            assert flow["verifier"] == b""

    def assert_open(self, user: str) -> None:
        """Check that no flow of a user is claimed: the visitor had no cookie of it."""
        flows = self.flows(user)
        assert flows
        for flow in flows:
            assert flow["used_at"] is None
            assert flow["verifier"] != b""

    def printed(self) -> str:
        """Return the complete logs of the gateways."""
        return "".join(gateway.log.read_text() for gateway in self.deployment.gateways)


@contextmanager
def running_arena(folder: Path, mongodb_url: str) -> Iterator[Arena]:
    """Run an arena while the context lasts."""
    with running_hostile(folder) as hostile:
        connectors = folder / "connectors"
        write_solo(connectors)
        env = write_connectors(connectors, hostile.url) | {
            "GATEWAY_CONNECTORS_PATH": str(connectors),
            "GATEWAY_EGRESS_ALLOW": hostile.url.removeprefix("http://"),
        }
        with running_deployment(
            folder, mongodb_url=mongodb_url, database=DATABASE, driver=Driver.MOTOR, env=env
        ) as deployment:
            yield Arena(deployment, hostile, mongodb_url)
