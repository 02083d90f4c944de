"""Adds the integrations of the deployment's own list when the web process starts.

An entry is what ``POST /v1/integrations`` takes, with its slug, and ``tenant``. One that cannot be
added is named in the log, and keeps no other from being added (design rule 7).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence

from gateway.errors import (
    GatewayError,
    IntegrationRefused,
    IntegrationUnreachable,
    InvalidRequest,
    StoreUnavailable,
    code_of,
)
from gateway.integrations.list_file import Entry
from gateway.observe.logs import get_logger
from gateway.web.inputs import in_json
from gateway.web.integration_requests import AddRequest, new_of
from gateway.wiring.process import Services

_log = get_logger()


def pauses() -> Iterator[float]:
    """Return the seconds before each new try: half a minute at first, half an hour at last."""
    seconds = 30.0
    while True:
        yield seconds
        seconds = min(2 * seconds, 1800.0)


async def keep_registering(services: Services, waits: Iterable[float] | None = None) -> None:
    """Register every entry; try those again whose URL could not be read."""
    left = await register_listed(services, services.listed_integrations)
    for seconds in pauses() if waits is None else waits:
        if not left:
            return
        await asyncio.sleep(seconds)
        left = await register_listed(services, left)


async def register_listed(services: Services, entries: Sequence[Entry]) -> list[Entry]:
    """Register entries one after the other; return those that may work later."""
    later: list[Entry] = []
    for entry in entries:
        try:
            new = new_of(_request(entry))
            if await services.registration.register(entry.tenant, new, entry.mark):
                _log.info("integration_registered", slug=entry.slug, tenant=entry.tenant)
        except (IntegrationUnreachable, StoreUnavailable) as error:
            later.append(entry)
            _tell(entry, code_of(error), "it is tried again later")
        except IntegrationRefused as error:
            _tell(entry, error.code, error.reason)
        except GatewayError as error:
            _tell(entry, code_of(error), str(error))
        except Exception as error:
            _tell(entry, type(error).__name__, "it cannot be read")
    return later


def _request(entry: Entry) -> AddRequest:
    """Return what an entry says. Raises ``InvalidRequest`` that names the wrong members."""
    if not entry.slug:
        raise InvalidRequest("it is no object with a slug")
    return in_json(json.dumps(entry.body).encode(), AddRequest)


def _tell(entry: Entry, code: str, reason: str) -> None:
    _log.error(
        "integration_not_registered",
        entry=entry.number,
        slug=entry.slug,
        tenant=entry.tenant,
        code=code,
        reason=reason,
    )
