"""How long ``serve`` takes until it is ready, and its memory: with few connectors, and with all."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from statistics import median

from bench.processes import ROOT, resident_mib, running_gateway
from bench.report import Figure, Result
from bench.seed import Place

FEW = 11
ALWAYS = "google"
"""The connector whose app the measured gateways have."""
_LONGER, _MORE = 1.1, 1.05
"""The most time and memory of the start with all, beside one with few."""


def measure_starts(folder: Path, place: Place, result: Result, *, driver: str, rounds: int) -> None:
    """Start a gateway of each kind in turn. Raises ``NotStarted``."""
    names = [*_modules(ROOT)]
    few = [ALWAYS, *(name for name in names if name != ALWAYS)][:FEW]
    trees = {len(kept): _tree(folder / f"tree-{len(kept)}", kept) for kept in (few, names)}
    seconds: dict[int, list[float]] = {count: [] for count in trees}
    memory: dict[int, list[float]] = {count: [] for count in trees}
    for number in range(-1, rounds):
        # Forth and back: who always starts second meets what the first one left running.
        for count, tree in [*trees.items()][:: -1 if number % 2 else 1]:
            name = f"start-{count}-{number}"
            began = time.monotonic()
            with running_gateway(folder, name, place, driver, tree):
                took, held = time.monotonic() - began, resident_mib(name)
            if number >= 0:  # the first start compiles the modules
                seconds[count].append(took)
                memory[count].append(held)
    few_of, all_of = trees
    for what, found, most, unit in (
        ("ready after", seconds, _LONGER, "s"),
        ("resident memory when ready", memory, _MORE, "MiB"),
    ):
        medians = {count: median(values) for count, values in found.items()}
        result.figures += [
            Figure(name=f"serve, {count} connectors: {what}", value=value, unit=unit)
            for count, value in medians.items()
        ]
        ratio = medians[all_of] / medians[few_of] if medians[few_of] else 0.0
        name = f"serve, {all_of} / {few_of} connectors: {what}"
        result.figures.append(Figure(name=name, value=ratio, unit="times", target=most))


def _modules(tree: Path) -> list[str]:
    return sorted(path.stem for path in (tree / "connectors/catalog").glob("[!_]*.py"))


def _tree(place: Path, kept: list[str]) -> Path:
    """A copy of the packages with these connectors, and without prices, which name all."""
    leave = shutil.ignore_patterns("__pycache__", "prices.toml")
    for package in ("gateway", "connectors"):
        shutil.copytree(ROOT / package, place / package, ignore=leave)
    for name in _modules(place):
        if name not in kept:
            (place / f"connectors/catalog/{name}.py").unlink()
    return place
