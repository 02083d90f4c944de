"""Our clients at the authorization servers that integrations name: one issuer, one client."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from connectors.added import AddedConnector
from connectors.secret import Secret
from gateway.engine.discovered import MORE, AuthorizationServer, RemoteClient
from gateway.engine.integration import AuthMethod, Kind, OAuth
from gateway.engine.scopes import named_scopes, scopes_to_ask
from gateway.errors import IntegrationRefused, InvalidRequest
from gateway.integrations import remote_clients
from gateway.integrations.connector import connector_of
from gateway.integrations.mcp_client import detect
from gateway.integrations.mcp_client.registration import Identity
from gateway.integrations.remote_clients import RemoteClients
from gateway.store.connection import Method, Status
from gateway.store.integrations import Integration
from tests.integrations.mcp_servers import URL

pytestmark = pytest.mark.quick

NAME = "notes--acme"
NOW = datetime(2026, 1, 5, tzinfo=UTC)
OAUTH = AuthMethod(slug="oauth", kind="oauth", oauth=OAuth(discovery_url=URL))
ROW = Integration(
    id=NAME,
    tenant="acme",
    slug="notes",
    kind=Kind.MCP,
    name="Notes",
    description="",
    endpoint=URL,
    base_url=URL,
    methods=(OAUTH,),
    display_url=URL,
    version="",
    notes=(),
    per_connection=True,
    config_revised_at=NOW,
    created_at=NOW,
    created_by="session:ada",
    updated_at=NOW,
)


@dataclass
class App:
    """An app of the tenant, in use."""

    client_id: str
    in_use: bool = True

    @property
    def id(self) -> str:
        """Its id."""
        return self.client_id


@dataclass
class House:
    """What the clients ask: the row, the apps, and the authorization server of the day."""

    issuer: str = "https://one.example"
    row: Integration = ROW
    apps: list[App] = field(default_factory=list)
    registered: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    document_url: str | None = None

    async def ready(self, tenant: str) -> dict[str, Integration]:
        return {NAME: self.row}

    async def replace(self, new: Integration) -> Integration:
        self.row = new
        return new

    async def list_for(self, tenant: str, name: str) -> list[App]:
        return list(self.apps)

    def name_of(self, tenant: str, name: str) -> str:
        return name

    async def set(self, tenant: str, name: str, client_id: str, secret: Secret) -> None:
        for app in self.apps:
            app.in_use = False
        self.apps.insert(0, App(client_id))

    async def remove(self, tenant: str, name: str, app: str) -> None:
        self.apps = [each for each in self.apps if each.id != app]

    async def list_of(self, tenant: str, name: str) -> list[Any]:
        status = Status.NEEDS_REAUTH if self.ended else Status.ACTIVE
        one = {"id": "con_1", "status": status, "method": Method.OAUTH2}
        return [type("Connection", (), one)]

    async def end_grant(self, connection: Any, reason: str, now: datetime) -> bool:
        self.ended.append(f"{connection.id} {reason}")
        return True

    def server(self) -> AuthorizationServer:
        """The authorization server."""
        return AuthorizationServer(
            issuer=self.issuer,
            authorization_url=f"{self.issuer}/authorize",
            token_url=f"{self.issuer}/token",
            auth_methods=("client_secret_post",),
        )

    def clients(self) -> RemoteClients:
        """The clients under test."""
        own = cast("Any", self)
        return RemoteClients(
            store=own,
            integrations=own,
            apps=own,
            fetch=own,
            connections=own,
            clock=lambda: NOW,
            redirect_uri=lambda name: name,
            document_url=lambda name, issuer: self.document_url,
        )


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    """A house whose server is discovered and registers clients."""
    made = House()

    async def challenge_of(*_: Any) -> dict[str, str]:
        return {}

    async def discover(*_: Any) -> AuthorizationServer:
        return made.server()

    async def new_identity(server: AuthorizationServer, **_: Any) -> Identity:
        client_id = f"client-{len(made.registered)}"
        made.registered.append(server.issuer)
        client = RemoteClient(server=server, client_id=client_id, auth="none", origin="registered")
        return Identity(client=client)

    monkeypatch.setattr(detect, "challenge_of", challenge_of)
    monkeypatch.setattr(remote_clients, "discover", discover)
    monkeypatch.setattr(remote_clients, "new_identity", new_identity)
    return made


async def test_a_client_is_registered_once_for_an_issuer(house: House) -> None:
    for _ in range(3):
        await house.clients().prepare("acme", NAME)
    assert house.registered == ["https://one.example"]
    assert [app.client_id for app in house.apps] == ["client-0"]


async def test_another_issuer_gets_another_client_and_the_old_apps_are_gone(house: House) -> None:
    await house.clients().prepare("acme", NAME)
    house.issuer = "https://two.example"
    await house.clients().prepare("acme", NAME)
    assert [app.client_id for app in house.apps] == ["client-1"]
    assert house.row.found is not None
    assert house.row.found.server.issuer == "https://two.example"
    # Both clients may have one id: no token of the first issuer is renewed at the second.
    assert house.ended == ["con_1 app_removed"]


async def test_an_app_that_a_person_sets_is_for_the_issuer_of_that_moment(house: House) -> None:
    """Not for the first one that somebody meets who connects."""
    await house.clients().set_app("acme", NAME, "given", Secret("s"))
    assert house.row.found is not None
    assert (house.row.found.origin, house.row.found.auth) == ("given", "client_secret_post")
    assert await house.clients().issuer_of("acme", NAME) == "https://one.example"
    house.issuer = "https://two.example"
    with pytest.raises(IntegrationRefused) as refused:
        await house.clients().prepare("acme", NAME)
    assert refused.value.code == "issuer_changed"
    assert (house.apps, house.registered) == ([], [])


async def test_an_app_of_a_person_is_used_at_its_issuer(house: House) -> None:
    await house.clients().set_app("acme", NAME, "given", Secret("s"))
    await house.clients().prepare("acme", NAME)
    assert [app.client_id for app in house.apps] == ["given"]
    assert house.registered == []


async def test_an_app_for_another_issuer_ends_those_before_it(house: House) -> None:
    """Connections of an app are renewed where the newest one is known."""
    await house.clients().set_app("acme", NAME, "first", Secret("s"))
    await house.clients().set_app("acme", NAME, "second", Secret("s"))
    assert [app.client_id for app in house.apps] == ["second", "first"]
    house.issuer = "https://two.example"
    await house.clients().set_app("acme", NAME, "third", Secret("s"))
    assert [app.client_id for app in house.apps] == ["third"]


async def test_an_app_of_an_unknown_issuer_is_sent_nowhere(house: House) -> None:
    house.apps = [App("given")]
    with pytest.raises(IntegrationRefused) as refused:
        await house.clients().prepare("acme", NAME)
    assert refused.value.code == "app_unbound"
    assert house.row.found is None


async def test_a_document_at_another_address_is_another_client(house: House) -> None:
    await house.clients().prepare("acme", NAME)
    assert house.row.found is not None
    house.row = replace(house.row, found=replace(house.row.found, origin="document"))
    house.document_url = "client-0"
    await house.clients().prepare("acme", NAME)
    assert [app.client_id for app in house.apps] == ["client-0"]
    house.document_url = "https://elsewhere.example/oauth/client"
    await house.clients().prepare("acme", NAME)
    assert [app.client_id for app in house.apps if app.in_use] == ["client-1"]
    assert house.ended == []


async def test_a_refused_registration_is_made_once_more(house: House) -> None:
    await house.clients().prepare("acme", NAME)
    await house.clients().forget_refused("acme", NAME)
    assert house.apps == []
    await house.clients().prepare("acme", NAME)
    assert [app.client_id for app in house.apps] == ["client-1"]


async def test_an_app_that_a_person_set_stays_when_it_is_refused(house: House) -> None:
    await house.clients().set_app("acme", NAME, "given", Secret("s"))
    await house.clients().forget_refused("acme", NAME)
    assert [app.client_id for app in house.apps] == ["given"]


async def test_what_needs_no_discovery_is_left_alone(house: House) -> None:
    known = OAuth(authorization_url="https://a.example", token_url="https://a.example/t")
    house.row = replace(ROW, methods=(replace(OAUTH, oauth=known),))
    await house.clients().prepare("acme", NAME)
    await house.clients().prepare("acme", "notion")
    assert house.registered == []


def test_all_that_was_granted_is_asked_for_again_within_bounds(house: House) -> None:
    server = replace(house.server(), scopes=("a",))
    client = RemoteClient(
        server=server, client_id="c", auth="none", origin="given", more_scopes=("c",)
    )
    config = cast("AddedConnector", connector_of(replace(ROW, found=client)))
    assert named_scopes(config, [MORE]) == named_scopes(config, ["c"]) == ("c",)
    with pytest.raises(InvalidRequest):
        named_scopes(config, ["everything"])  # a link cannot widen what is asked for
    assert scopes_to_ask(config, ["c", "a"], ["b", "a"]) == ("a", "b", "c")
    assert len(scopes_to_ask(config, ["c"], [f"s{number}" for number in range(1000)])) == 100
