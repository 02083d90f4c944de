"""The pages about usage: a person's own, and that of an organisation for its administrators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.sessions import SessionCaller
from gateway.errors import InvalidRequest
from gateway.services.whole_catalog import read_all
from gateway.store.usage import By, Wanted
from gateway.web.browsers import check_host
from gateway.web.callers import find_session
from gateway.web.days import days_of
from gateway.web.inputs import read_query
from gateway.web.pages import render
from gateway.web.state import services
from gateway.web.usage_plot import plot
from gateway.web.usage_views import Names, alike, entry, names_of, row
from gateway.web.usage_words import Row
from gateway.wiring.process import Services

USAGE = "/dashboard/usage"
ORGANISATION_USAGE = "/dashboard/organisation/usage"
PERIODS = {"7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days"}
"""The periods of the filter, in days."""
USUAL = "30"
MOST_ROWS = 25
MOST_CONNECTORS = 200
PAGE = 50
"""Calls of one page, before similar ones are merged."""


async def usage_page(request: Request) -> Response:
    """Show the signed-in person's own calls."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse(f"/login?{urlencode({'next': USAGE})}", 303)
    shown = await _Shown.of(request, session, session.user)
    return render(request, "usage.html", title="Usage", session=session, **await shown.context())


async def organisation_usage(request: Request) -> Response:
    """Show an administrator the calls of everybody."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse("/login", 303)
    session.require_admin()
    shown = await _Shown.of(request, session, None)
    return render(
        request,
        "organisation_usage.html",
        title="Usage of your organisation",
        session=session,
        users=await shown.rows(By.USER),
        keys=await shown.rows(By.KEY),
        **await shown.context(),
    )


class _Shown:
    """The calls of one person, or of all of a tenant, that the filters of a page select."""

    def __init__(
        self, given: Services, tenant: str, asked: Mapping[str, str], names: Names, wanted: Wanted
    ) -> None:
        self._given, self._tenant, self._names = given, tenant, names
        self._asked, self._wanted = asked, wanted

    @classmethod
    async def of(cls, request: Request, session: SessionCaller, user: str | None) -> _Shown:
        """Read the filters. Raises ``InvalidRequest`` for a period that there is not."""
        given = services(request)
        asked = {"days": USUAL} | read_query(request, "connector", "days", "cursor")
        if asked["days"] not in PERIODS:
            raise InvalidRequest("days: must be 7, 30 or 90")
        await read_all(given.catalog)
        wanted = Wanted(
            user=user,
            connector=asked.get("connector") or None,
            since=_since(given.clock(), int(asked["days"])),
        )
        names = await names_of(given, session, is_own=user is not None)
        return cls(given, session.tenant, asked, names, wanted)

    async def rows(self, *by: By) -> list[Row]:
        """Return the sums of the calls, the most calls first."""
        found = await self._given.usage.sums(self._tenant, self._wanted, by, limit=MOST_ROWS)
        return [row(self._names, one) for one in found]

    async def context(self) -> dict[str, Any]:
        """Return what both pages show."""
        given, tenant, wanted = self._given, self._tenant, self._wanted
        length, connector = int(self._asked["days"]), wanted.connector
        assert wanted.since is not None  # noqa: S101 - set by of()
        days = await given.usage.sums(tenant, wanted, [By.DAY], limit=length + 1)
        return {
            "has_any": await self._has_any(),
            "connectors": await self._connectors(),
            "chosen": connector,
            "chosen_name": self._names.connector(connector) if connector else None,
            "periods": PERIODS,
            "period": self._asked["days"],
            "most_rows": MOST_ROWS,
            "total": next(iter(await self.rows()), None),
            "plot": plot(wanted.since.date(), length, days),
            "by_connector": [] if connector else await self.rows(By.CONNECTOR),
            "operations": await self.rows(By.CONNECTOR, By.OPERATION, By.TOOL),
            **await self._calls(),
        }

    async def _connectors(self) -> list[tuple[str, str]]:
        """Return what can be chosen: the connectors of the period, and the chosen one."""
        found = await self._given.usage.sums(
            self._tenant,
            replace(self._wanted, connector=None),
            [By.CONNECTOR],
            limit=MOST_CONNECTORS,
        )
        names = {one.of["connector"] for one in found} | {self._wanted.connector or ""}
        chosen = [(name, self._names.connector(name)) for name in names if name]
        return sorted(chosen, key=lambda each: each[1].lower())

    async def _has_any(self) -> bool:
        """Whether there is any call, whatever the filters are."""
        anybody = Wanted(user=self._wanted.user)
        return bool(await self._given.usage.find(self._tenant, anybody, limit=1))

    async def _calls(self) -> dict[str, Any]:
        """Return the single calls, newest first, and the query of the page with older ones."""
        try:
            found = await self._given.usage.find(
                self._tenant, self._wanted, limit=PAGE + 1, before=self._asked.get("cursor")
            )
        except ValueError:
            raise InvalidRequest("there is no such page of the calls") from None
        names, older = self._names, None
        if len(found) > PAGE:
            older = urlencode({**self._asked, "cursor": found[PAGE - 1].id})
        days = days_of(
            found[:PAGE], self._given.clock(), alike=alike, entry=lambda calls: entry(names, calls)
        )
        return {"days": days, "older": older, "is_newest": "cursor" not in self._asked}


def _since(now: datetime, length: int) -> datetime:
    """Return the begin of the first of ``length`` days, of which ``now`` is in the last."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=length - 1)


ROUTES = [Route(USAGE, usage_page), Route(ORGANISATION_USAGE, organisation_usage)]
