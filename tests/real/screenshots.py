"""``make screenshots``: a picture of each state of the pages, in two widths and two schemes.

The pictures go to ``screenshots/``, which git ignores. Names of states as arguments choose some.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.real.conftest import ROOT, running_dev
from tests.real.states import STATES, prepared
from tests.support.chromium import running_chromium

FOLDER = ROOT / "screenshots"
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
LONGEST = 2400
"""The height of a picture: a list of connectors goes on as it began."""


def main(names: list[str]) -> None:
    """Start a gateway, fill it, and make the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_dev(Path(folder)) as dev:
        with running_chromium() as browser:
            signed_in = prepared(browser, dev)
            for name in names or STATES:
                state = STATES[name]
                for width in WIDTHS:
                    for scheme in SCHEMES:
                        context = browser.new_context(
                            base_url=dev.url,
                            storage_state=signed_in[state.person],
                            viewport={"width": width, "height": 900},
                            color_scheme=scheme,  # type: ignore[arg-type]
                        )
                        page = context.new_page()
                        state.open(page, dev)
                        high = page.evaluate("document.documentElement.scrollHeight")
                        page.set_viewport_size({"width": width, "height": min(high, LONGEST)})
                        page.wait_for_load_state("load")
                        page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png")
                        context.close()
                print(name, flush=True)
    print(f"The pictures are in {FOLDER}")


if __name__ == "__main__":
    main(sys.argv[1:])
