"""A real, headless Chromium for the tests that need one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.waiting import PATIENCE_SECONDS

expect.set_options(timeout=PATIENCE_SECONDS * 1000)  # its default of 5 s fails on a busy machine

# The first is the same browser without a window: a page costs it a third of the processor's time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_CHOSEN = os.environ.get("CHROMIUM")
EXECUTABLE = next(filter(None, map(shutil.which, [_CHOSEN] if _CHOSEN else _NAMES)), None)
"""The browser's path. The variable ``CHROMIUM`` names the only one to be tried."""

needs_chromium = pytest.mark.skipif(
    EXECUTABLE is None and not os.environ.get("REQUIRE_CHROMIUM"),
    reason="no Chromium on PATH: install it to run the browser tests",
)

_ARGUMENTS = [
    "--no-sandbox",  # tests may run as root in a container, where its sandbox cannot start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",  # it would look up its maker's hosts at every start
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A browser; each ``new_context()`` is a new profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
