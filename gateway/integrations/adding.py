"""What becomes of a URL that somebody adds: the row of an integration, and its tools."""

from __future__ import annotations

from dataclasses import dataclass, replace

from connectors.catalog import Catalog
from connectors.errors import ConfigError, ConnectorError, UnknownConnector
from gateway.audit.context import current_actor
from gateway.clock import Clock
from gateway.engine.integration import AuthMethod, Definition, Description, Skipped
from gateway.engine.integration import Kind as KindName
from gateway.engine.integration_names import LONGEST_TOOL, connector_name, is_integration, tool_name
from gateway.errors import IntegrationRefused, InvalidRequest
from gateway.integrations.connector import connector_of
from gateway.integrations.listing import display_url
from gateway.integrations.methods import Mode, configured
from gateway.integrations.reading import Given, Reader
from gateway.integrations.slugs import check_slug
from gateway.services.whole_catalog import read_all
from gateway.store.integration_tools import EVERYBODY, IntegrationToolStore
from gateway.store.integrations import MOST, Integration, IntegrationStore
from gateway.text import clean_text
from gateway.tools.registry import Registry

MAX_NAME = 80
MAX_DESCRIPTION = 1000
NOTHING = (AuthMethod(slug="none", kind="none", title="Nothing to connect"),)
"""The methods of an API that names none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class New:
    """What somebody adds. Empty fields are taken from what is read.

    ``methods`` are merged into those of the document, or replace them. ``operations`` are the names
    of the definitions that are offered as tools; ``None`` for all. ``digest`` is that of the
    preview that a person has seen: something else is not added.
    """

    given: Given
    slug: str = ""
    name: str = ""
    description: str = ""
    methods: tuple[AuthMethod, ...] = ()
    mode: Mode = "merge"
    operations: frozenset[str] | None = None
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Adding:
    """Reads what somebody adds, and checks it."""

    reader: Reader
    store: IntegrationStore
    tools: IntegrationToolStore
    catalog: Catalog
    registry: Registry
    clock: Clock

    async def read(self, tenant: str, new: New) -> tuple[Integration, Description]:
        """Return the row of what somebody adds, and what was read of it."""
        existing = await self.store.list_for(tenant)
        await self.registry.loaded()
        await read_all(self.catalog)
        if new.slug:  # before anything is fetched
            self._check_slug(new.slug, existing)
        preview = await self.reader.preview(tenant, new.given)
        description = preview.description
        if new.digest and new.digest != preview.digest:
            raise IntegrationRefused(
                "changed_since_preview", "it is not what the preview showed: look at it again"
            )
        if not preview.base_url:
            raise InvalidRequest("baseUrl: the document names no server", {"baseUrl": "is missing"})
        slug = new.slug or preview.slug
        self._check_slug(slug, existing)
        if len(existing) >= MOST and slug not in {row.slug for row in existing}:
            raise InvalidRequest(f"there are at most {MOST} integrations: remove one")
        now, actor = self.clock(), current_actor()
        row = Integration(
            id=connector_name(tenant, slug),
            tenant=tenant,
            slug=slug,
            kind=description.kind,
            name=clean_text(new.name or description.name, MAX_NAME) or slug,
            description=clean_text(new.description or description.description, MAX_DESCRIPTION),
            endpoint=preview.endpoint,
            base_url=preview.base_url,
            methods=configured(description.methods, new.methods, new.mode) or NOTHING,
            display_url=display_url(preview.endpoint or preview.base_url),
            version=clean_text(description.version, 40),
            notes=tuple(clean_text(note, 300) for note in description.notes[:20]),
            per_connection=is_per_connection(description),
            config_revised_at=now,
            created_at=now,
            created_by=":".join(filter(None, (actor.kind.value, actor.key or actor.user))),
            updated_at=now,
        )
        check_usable(row)
        fitting = fitting_of(slug, description)
        if not fitting.definitions and not row.per_connection:
            raise IntegrationRefused("nothing_usable", "it has no operation that can be a tool")
        return row, fitting

    async def fill(
        self, row: Integration, description: Description, new: New, *, accept: bool = True
    ) -> None:
        """Store the tools of a row; with ``accept``, a person has accepted them."""
        if not row.per_connection:
            await self.tools.sync(
                row,
                EVERYBODY,
                description.definitions,
                now=self.clock(),
                accept=accept,
                offered=new.operations,
            )

    def _check_slug(self, slug: str, existing: list[Integration]) -> None:
        check_slug(
            slug,
            is_taken=is_in_catalog(self.catalog, slug),
            tools=[tool.name for tool in self.registry.tools()],
            others=[row.slug for row in existing],
        )


def is_in_catalog(catalog: Catalog, name: str) -> bool:
    """Whether a name or alias is that of a connector which comes with the gateway."""
    try:
        return not is_integration(catalog.described(name).name)
    except UnknownConnector:
        return False
    except ConnectorError:
        return True


def is_per_connection(description: Description) -> bool:
    """Whether each connection is asked for its own tools: nobody else could read them."""
    return description.kind is not KindName.OPENAPI and not description.definitions


def fitting_of(slug: str, description: Description) -> Description:
    """Leave out the definitions whose tools would have too long a name, with the reason."""
    fitting: list[Definition] = []
    skipped = list(description.skipped)
    for each in description.definitions:
        if len(tool_name(slug, each.name)) <= LONGEST_TOOL:
            fitting.append(each)
        else:
            reason = f"with this slug, its name has more than {LONGEST_TOOL} characters"
            skipped.append(Skipped(name=each.name, code="name_too_long", reason=reason))
    return replace(description, definitions=tuple(fitting), skipped=tuple(skipped))


def check_usable(row: Integration) -> None:
    """Raise ``IntegrationRefused`` if an integration cannot be a connector."""
    try:
        connector_of(row)
    except ConfigError as error:
        problems = "; ".join(error.problems[:3]) or "it cannot be described"
        raise IntegrationRefused("not_describable", clean_text(problems, 300)) from None
