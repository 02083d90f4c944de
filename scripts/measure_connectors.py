"""Print how long the files of each connector are: its description, simulation and contract.

Tools with their tests, simulated APIs and recorded wires are not counted: a connector is complete
without them.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

# Import from the tree of this script, not from an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from connectors.catalog import CONNECTOR_CATALOG

ROOT = Path(__file__).resolve().parents[1]
FILES = (
    "connectors/catalog/{}.py",
    "connectors/sandbox/{}.py",
    "tests/connectors/test_{}_provider.py",
)
LARGEST = 10


def lines_of(name: str, root: Path = ROOT) -> tuple[int, ...]:
    """The lines of each of the three files; 0 for one that does not exist."""
    paths = (root / file.format(name.replace("-", "_")) for file in FILES)
    return tuple(_length(path) if path.is_file() else 0 for path in paths)


def _length(path: Path) -> int:
    """The lines of a file, without the contracts of tools and the blank lines before them."""
    text = path.read_text(encoding="utf-8")
    of_tools = [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id == "ToolContract" for base in node.bases)
    ]
    return len(text.splitlines()) - sum(
        (node.end_lineno or 0) - node.lineno + 3 for node in of_tools
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Print the sums, their median and the largest; returns 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    chosen = parser.parse_args(argv)
    lines = {name: lines_of(name) for name in CONNECTOR_CATALOG}
    sums = {name: sum(parts) for name, parts in lines.items()}
    largest = sorted(sums, key=lambda name: (-sums[name], name))[:LARGEST]
    if chosen.json:
        print(json.dumps({"lines": sums, "median": median(sums.values()), "largest": largest}))
        return 0
    print(f"{'connector':<20}{'catalog':>9}{'sandbox':>9}{'contract':>10}{'sum':>7}")
    for name in [*CONNECTOR_CATALOG, "", *largest]:
        if not name:
            print(f"\nThe {LARGEST} largest:")
            continue
        catalog, sandbox, contract = lines[name]
        print(f"{name:<20}{catalog:>9}{sandbox:>9}{contract:>10}{sums[name]:>7}")
    print(f"\n{len(sums)} connectors, median {median(sums.values()):g} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
