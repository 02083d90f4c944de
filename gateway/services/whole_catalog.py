"""Read the whole catalog without holding up the event loop."""

from __future__ import annotations

import asyncio

from connectors.catalog import Catalog


async def read_all(catalog: Catalog) -> None:
    """Load every connector, in a thread, unless that has been done.

    The first list of connectors needs it: a hundred modules take half a second to import.
    """
    if not catalog.is_read:
        await asyncio.to_thread(lambda: [*catalog.descriptions()])
