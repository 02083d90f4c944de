"""The tools of an integration: read again, compared with what a person accepted, and accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.engine.integration import Definition, Effect, Skipped
from gateway.errors import IntegrationRefused, InvalidRequest
from gateway.integrations.adding import fitting_of
from gateway.integrations.entrusted import check_host
from gateway.integrations.news import News
from gateway.integrations.reading import Given, Reader, about_tokens, checked_base_url
from gateway.integrations.service import Integrations
from gateway.store.audit import Action
from gateway.store.connections import ConnectionStore
from gateway.store.integration_tools import EVERYBODY, Changes, IntegrationToolStore, StoredTool
from gateway.store.integrations import Integration, IntegrationStore


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """A definition before and after; ``None`` where there is none."""

    name: str
    before: Definition | None = field(repr=False)
    after: Definition | None = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refreshed:
    """What reading an integration again changes, or would change in a dry run.

    ``offered`` are the names of the tools that are offered then, of ``definitions``. ``tokens`` is
    about the size of the new tool list. ``digest`` stands for all that was read. ``later``: each
    connection is asked for its tools when they are needed next.
    """

    changes: tuple[Changed, ...] = field(repr=False)
    skipped: tuple[Skipped, ...] = field(repr=False)
    tokens: int
    digest: str = ""
    base_url: str = ""
    definitions: tuple[Definition, ...] = field(default=(), repr=False)
    offered: frozenset[str] = field(default=frozenset(), repr=False)
    later: bool = False


@dataclass(frozen=True, kw_only=True)
class ToolReview:
    """Reads, compares and accepts the definitions of an integration's tools."""

    integrations: Integrations
    reader: Reader
    store: IntegrationStore
    tools: IntegrationToolStore
    connections: ConnectionStore
    news: News
    clock: Clock
    audit: Audit

    async def list_for(self, tenant: str, slug: str) -> tuple[Integration, list[StoredTool]]:
        """Return an integration and its tools, by name; those of connections one by one.

        Raises ``IntegrationNotFound``, and ``IntegrationNotRemovable`` for what has no such tools.
        """
        row = await self.integrations.added(tenant, slug)
        found = await self.tools.list_for(tenant, slug)
        return row, sorted(found, key=lambda tool: (tool.name, tool.connection))

    async def refresh(
        self,
        tenant: str,
        slug: str,
        *,
        given: Given | None = None,
        dry_run: bool = False,
        operations: frozenset[str] | None = None,
        digest: str = "",
    ) -> Refreshed:
        """Read an integration again, from its URL or from what is ``given`` instead.

        Nothing is accepted by that: a tool that is new or different asks a person with each call
        until an administrator accepts it. With ``operations``, these alone are offered as tools.
        With ``digest``, that of a dry run, exactly what it showed is stored, or nothing.

        Raises:
            InvalidRequest: There is nothing to read, or the new address is another host's while
                accounts are connected.
            IntegrationRefused: Nothing of it can be used, it is of another kind, or it is not what
                ``digest`` says.
            IntegrationUnreachable: The URL cannot be read.
        """
        row = await self.integrations.added(tenant, slug)
        given = replace(given or Given(), kind=row.kind)
        if row.per_connection and not given.document:
            return await self._all_again(row, given, dry_run)
        if not given.url and not given.document:
            if not row.endpoint:
                raise InvalidRequest("it was uploaded: upload the new document")
            given = replace(given, url=row.endpoint)
        preview = await self.reader.preview(
            tenant, replace(given, base_url=given.base_url or row.base_url)
        )
        if digest and digest != preview.digest:
            raise IntegrationRefused(
                "changed_since_preview", "it is not what was shown: look at it again"
            )
        base_url = await self._checked(row, preview.base_url)
        description = fitting_of(slug, preview.description)
        if not description.definitions:
            raise IntegrationRefused("nothing_usable", "it has no operation that can be a tool")
        known = await self.tools.list_for(tenant, slug, EVERYBODY)
        changes = _compared(known, description.definitions)
        names = frozenset(each.name for each in description.definitions)
        offered = _offered(names, known, operations)
        if not dry_run:
            row = await self._moved(row, preview.endpoint, base_url, description.version)
            done = await self.tools.sync(
                row,
                EVERYBODY,
                description.definitions,
                now=self.clock(),
                offered=None if operations is None else offered,
                # After an earlier pick, new ones are not offered unasked.
                offer_new=all(tool.enabled for tool in known),
            )
            await self._tell(row, done)
        return Refreshed(
            changes=changes,
            skipped=description.skipped,
            tokens=about_tokens(description.definitions),
            digest=preview.digest,
            base_url=base_url,
            definitions=description.definitions,
            offered=offered,
        )

    async def accept(
        self, tenant: str, slug: str, accepted: Sequence[tuple[str, str]]
    ) -> Sequence[str]:
        """Accept definitions, each by its name and its digest; return the names that are.

        One that has changed since a person looked at it is left out.
        """
        row = await self.integrations.added(tenant, slug)
        done = []
        for name, digest in accepted:
            if await self.tools.accept(row, name, digest):
                done.append(name)
                await self._note(Action.INTEGRATION_TOOL_ACCEPTED, row, name, {"digest": digest})
        return done

    async def set_effect(
        self, tenant: str, slug: str, name: str, digest: str, effect: Effect | None
    ) -> bool:
        """Say what exactly this definition does; return whether it is still there.

        ``None`` gives it back the effect that its kind derived.
        """
        row = await self.integrations.added(tenant, slug)
        if not await self.tools.set_effect(row, name, digest, effect):
            return False
        details = {"digest": digest, "effect": effect}
        await self._note(Action.INTEGRATION_TOOL_EFFECT, row, name, details)
        return True

    async def set_enabled(
        self, tenant: str, slug: str, names: Iterable[str], *, enabled: bool
    ) -> int:
        """Offer tools, or offer them no more; return how many there are of these names."""
        row, wanted = await self.integrations.added(tenant, slug), sorted(set(names))
        count = await self.tools.set_enabled(row, wanted, enabled=enabled)
        details = {"changed": ["operations"], "enabled": enabled, "tools": count}
        await self._note(Action.INTEGRATION_CHANGED, row, row.slug, details)
        return count

    async def _all_again(self, row: Integration, given: Given, dry_run: bool) -> Refreshed:
        """Let every connection read its tools anew when they are needed next."""
        if given.url or given.base_url:
            raise InvalidRequest("its address cannot change: add the other one")
        if not dry_run:
            now = self.clock()
            await self.store.replace(replace(row, config_revised_at=now, updated_at=now))
            await self._note(Action.INTEGRATION_REFRESHED, row, row.slug, {"later": True})
        found = await self.tools.list_for(row.tenant, row.slug)
        return Refreshed(
            changes=(),
            skipped=(),
            tokens=about_tokens({tool.name: tool.definition for tool in found}.values()),
            later=True,
        )

    async def _checked(self, row: Integration, base_url: str) -> str:
        """Return where requests are to go, unless a credential was entrusted to another host."""
        base_url = checked_base_url(base_url)
        await check_host(row, base_url, self.connections)
        return base_url

    async def _moved(
        self, row: Integration, endpoint: str, base_url: str, version: str
    ) -> Integration:
        """Store where it is read now, and where its requests go."""
        now = self.clock()
        return await self.store.replace(
            replace(
                row,
                endpoint=endpoint,
                base_url=base_url,
                version=version[:40],
                config_revised_at=now,
                updated_at=now,
            )
        )

    async def _tell(self, row: Integration, changes: Changes) -> None:
        details = {
            "added": len(changes.added),
            "changed": len(changes.changed),
            "removed": len(changes.removed),
        }
        await self._note(Action.INTEGRATION_REFRESHED, row, row.slug, details)
        await self.news.tell(row, EVERYBODY, changes)

    async def _note(
        self, action: Action, row: Integration, subject: str, details: Mapping[str, object]
    ) -> None:
        await self.audit.write(
            action, tenant=row.tenant, connector=row.id, subject=subject, details=details
        )


def _compared(known: Sequence[StoredTool], new: Sequence[Definition]) -> tuple[Changed, ...]:
    """Return what is different from the stored definitions, by name."""
    old = {tool.name: tool.definition for tool in known}
    now = {each.name: each for each in new}
    return tuple(
        Changed(name=name, before=old.get(name), after=now.get(name))
        for name in sorted(old.keys() | now.keys())
        if name not in old or name not in now or old[name].digest != now[name].digest
    )


def _offered(
    names: frozenset[str], known: Sequence[StoredTool], operations: frozenset[str] | None
) -> frozenset[str]:
    """Return the names to offer. After an earlier pick, new ones are not offered by themselves."""
    if operations is not None:
        return names & operations
    withheld = {tool.name for tool in known if not tool.enabled}
    new = names - {tool.name for tool in known}
    return names - withheld - new if withheld else names
