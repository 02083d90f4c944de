"""Copy the brand marks of connectors from an installed ``simple-icons`` (npm, CC0).

    npm install simple-icons@16.37.0 --ignore-scripts
    python scripts/copy_marks.py node_modules/simple-icons

A mark is drawn in the brand's colour on white; a colour too bright for that becomes the ground. A
connector whose brand has no mark there keeps its monogram. Marks with a licence of their own are
left out (docs/decisions/0019-brand-marks.md).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from connectors.catalog import CONNECTOR_CATALOG  # noqa: E402 - after the path of this tree

MARKS = ROOT / "gateway" / "web" / "static" / "marks"
BRANDS = {
    "calcom": "caldotcom",
    "discord-bot": "discord",
    "gemini": "googlegemini",
    "mistral": "mistralai",
    "onepassword": "1password",
}
"""The marks of connectors whose name, without its dashes, is not the mark's."""

OTHERS = {"fathom"}
"""Connectors whose name is that of another brand there."""

LEAST_CONTRAST = 1.8
"""Of a brand's colour to white. Below it the mark is black on that colour."""


def main(package: Path) -> None:
    """Write a file for each connector with a mark, and delete the others."""
    version = json.loads((package / "package.json").read_text())["version"]
    icons = {_slug(icon): icon for icon in json.loads(_data(package).read_text())}
    MARKS.mkdir(exist_ok=True)
    for old in MARKS.glob("*.svg"):
        old.unlink()
    for connector in CONNECTOR_CATALOG:
        slug = BRANDS.get(connector, connector.replace("-", ""))
        icon = icons.get(slug)
        if icon is None or "license" in icon or connector in OTHERS:
            continue
        drawn = (package / "icons" / f"{slug}.svg").read_text()
        (path,) = re.findall(r'<path d="([^"]+)"/>', drawn)
        (MARKS / f"{connector}.svg").write_text(_tile(icon["hex"], path))
    (MARKS / "LICENSE").write_text(
        f"Drawn from simple-icons {version} (https://simpleicons.org), which is CC0 1.0:\n"
        "https://creativecommons.org/publicdomain/zero/1.0/\n\n"
        "The marks are trademarks of their owners. They name a provider here, and nothing else.\n"
    )


def _data(package: Path) -> Path:
    return package / "data" / "simple-icons.json"


def _slug(icon: dict[str, str]) -> str:
    if "slug" in icon:
        return icon["slug"]
    words = icon["title"].lower().replace("+", "plus").replace(".", "dot").replace("&", "and")
    return re.sub("[^a-z0-9]", "", words)


def _tile(colour: str, path: str) -> str:
    ground, ink = "fff", colour
    if 1.05 / (_luminance(colour) + 0.05) < LEAST_CONTRAST:
        ground, ink = colour, "000"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 40 40">'
        f'<path fill="#{ground}" d="M-8-8h40v40H-8z"/><path fill="#{ink}" d="{path}"/></svg>\n'
    )


def _luminance(colour: str) -> float:
    """The relative luminance of WCAG."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


if __name__ == "__main__":
    main(Path(sys.argv[1]))
