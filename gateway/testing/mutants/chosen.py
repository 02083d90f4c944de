"""Which connectors a run of the mutants takes: a part of all, or those that were changed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from zlib import crc32

from gateway.testing.mutants.trial import SHARES

GROUPS = 8
"""The connectors are divided into so many groups, by their names: a new one moves no other."""
PARTS = GROUPS * SHARES
"""A part is a share of the mutants of one group."""
TENTH = 10

Job = tuple[str, int]
"""A connector, and the share of its mutants; 0 for all."""

_FILES = re.compile(
    r"connectors/(?:catalog|sandbox|hooks)/(?P<module>\w+)\.py"
    r"|tests/connectors/test_(?P<test>\w+)_provider\.py"
    r"|tests/connectors/wire/(?P<record>[\w-]+?)(?:-key)?\.json"
)


def whole(names: Iterable[str]) -> list[Job]:
    """All mutants of these connectors, in shares that several processes take."""
    return [(name, share) for name in names for share in range(1, SHARES + 1)]


def part_of(names: Iterable[str], part: int) -> list[Job]:
    """One of ``PARTS``."""
    share, group = divmod(part - 1, GROUPS)
    return [(name, share + 1) for name in names if _number(name) % GROUPS == group]


def tenth_of(names: Iterable[str]) -> list[str]:
    """The same tenth of the connectors in every run."""
    return [name for name in names if _number(name) % TENTH == 0]


def changed(names: Iterable[str], tree: Path) -> list[str]:
    """The connectors of which a file differs from the base: the upstream's ``main``, else HEAD~1.

    Empty where git knows neither.
    """
    known = {name.replace("-", "_"): name for name in names}
    found = set()
    for path in _changed_files(tree):
        if match := _FILES.fullmatch(path):
            stem = next(filter(None, match.groups())).replace("-", "_")
            found |= {known[stem]} if stem in known else set()
    return sorted(found)


def _changed_files(tree: Path) -> list[str]:
    head = _git(tree, "rev-parse", "HEAD")
    base = _git(tree, "merge-base", "HEAD", "origin/main")
    if base in (head, []):  # this is the main branch, or the only one: its last commit
        base = _git(tree, "rev-parse", "--verify", "HEAD~1")
    if not base:
        return []
    files = _git(tree, "diff", "--name-only", *base)
    return [*files, *_git(tree, "ls-files", "--others", "--exclude-standard")]


def _git(tree: Path, *arguments: str) -> Sequence[str]:
    """The lines that git prints, none if it fails."""
    if (git := shutil.which("git")) is None:
        return []
    done = subprocess.run([git, *arguments], cwd=tree, capture_output=True, text=True)
    return done.stdout.split("\n")[:-1] if done.returncode == 0 else []


def _number(name: str) -> int:
    return crc32(name.encode())
