"""The attacks' arena, and the browsers of attacker and victim."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext

from gateway.access.service_keys import Role
from tests.attacks.arena import Arena, running_arena
from tests.attacks.weaknesses import weaken
from tests.support.browser import Browser
from tests.support.chromium import running_chromium
from tests.support.loopback import loopback_client

Profiles = Callable[[], BrowserContext]
Browsers = Callable[[], Browser]

if weakness := os.environ.get("WEAKENED_CHECK"):  # see weakened.py
    weaken(weakness)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, mongodb_url: str) -> Iterator[Arena]:
    folder: Path = tmp_path_factory.mktemp("arena")
    with running_arena(folder, mongodb_url) as arena:
        yield arena


@pytest.fixture
def arena(running: Arena) -> Arena:
    """The arena, with the hostile server reset to its defaults."""
    running.hostile.answer()
    running.hostile.page("")
    return running


@pytest.fixture(scope="session")
def key(running: Arena) -> str:
    """A tool server's service key."""
    return running.key(Role.TOKENS, Role.CONNECTIONS)


@pytest.fixture
async def tool(arena: Arena, key: str) -> AsyncIterator[httpx.AsyncClient]:
    """A tool server that may read tokens and manage connections."""
    async with loopback_client(
        base_url=arena.url, headers={"Authorization": f"Bearer {key}"}
    ) as client:
        yield client


@pytest.fixture
async def browsers(arena: Arena) -> AsyncIterator[Browsers]:
    """Makes browser profiles without JavaScript."""
    async with AsyncExitStack() as stack:
        made: list[Browser] = []

        def make() -> Browser:
            made.append(arena.browser())
            stack.push_async_exit(made[-1])
            return made[-1]

        yield make


# Module scope: Playwright's synchronous API occupies this thread's event loop until it ends, so
# asynchronous tests of other modules could not run.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def profiles(chromium: Chromium, arena: Arena) -> Iterator[Profiles]:
    """Makes Chromium profiles, each with its own cookies."""
    made: list[BrowserContext] = []

    def make() -> BrowserContext:
        made.append(chromium.new_context(base_url=arena.url))
        return made[-1]

    yield make
    for profile in made:
        profile.close()
