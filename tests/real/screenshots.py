"""``make screenshots``: a picture of each state of the pages, in two widths and two schemes.

The pictures go to ``screenshots/``, which git ignores. Names of states as arguments choose some.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.real.conftest import ROOT
from tests.real.states import STATES
from tests.real.world import World, running_world
from tests.support.chromium import running_chromium

FOLDER = ROOT / "screenshots"
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
MARKS = """() => Promise.all([...document.images]
  .filter(image => image.getBoundingClientRect().top < innerHeight)
  .map(image => image.decode()))"""
"""Waits for the images in sight: they load late."""
LONGEST = 2400
"""The height of a picture: a list of connectors goes on as it began."""


def main(names: list[str]) -> None:
    """Start a gateway, fill it, and make the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_chromium() as browser:
        with running_world(browser, Path(folder)) as world:
            for name in names or STATES:
                for width in WIDTHS:
                    for scheme in SCHEMES:
                        _photograph(browser, world, name, width, scheme)
                print(name, flush=True)
    print(f"The pictures are in {FOLDER}")


def _photograph(browser: Browser, world: World, name: str, width: int, scheme: str) -> None:
    state = STATES[name]
    context = browser.new_context(
        base_url=world.dev.url,
        storage_state=world.signed_in[state.person],
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    state.open(page, world)
    high = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(high, LONGEST)})
    page.wait_for_load_state("load")
    page.evaluate(MARKS)
    page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png")
    context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
