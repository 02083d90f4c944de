"""``gateway encryption``: create encryption keys, count the rows of each, and rotate them."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from gateway.audit.trail import Audit
from gateway.clock import utc_now
from gateway.commands.deployment import Commands
from gateway.commands.output import add_json_option, print_json, print_table
from gateway.commands.progress import long_step
from gateway.encryption.key_check import check_encryption_keys
from gateway.encryption.keyring import open_vault
from gateway.encryption.rotation import Rotation
from gateway.encryption.vault import Vault, new_encryption_key
from gateway.observe.logs import configure_logs
from gateway.observe.metrics import Metrics
from gateway.settings.environment import Settings
from gateway.store.audit import AuditStore
from gateway.store.encryption_key_checks import EncryptionKeyCheckStore
from gateway.store.migrations import prepare
from gateway.store.mongo import open_database
from gateway.store.sealed import sealed_stores
from gateway.text import say

LINE_SECONDS = 5.0
"""Seconds between two lines of progress when the output is not a terminal."""
_MOST_LISTED = 100
"""How many unreadable rows are listed; the rest are counted."""


def add_encryption_commands(commands: Commands, settings: Callable[[], Settings]) -> None:
    """Add ``encryption`` to the command line; ``settings`` is called when a command runs."""
    encryption = commands.add_parser("encryption", help="encryption keys: new-key, status, rotate")
    actions = encryption.add_subparsers(required=True, metavar="ACTION")

    new = actions.add_parser("new-key", help="print a new key for GATEWAY_ENCRYPTION_KEYS")
    new.add_argument("--id", default="k1", help="an id that was never used (default: k1)")
    new.set_defaults(run=_new_key)

    status = actions.add_parser("status", help="count the rows that each encryption key seals")
    add_json_option(status)
    status.set_defaults(run=lambda arguments: _status(settings(), arguments))

    rotate = actions.add_parser("rotate", help="seal all rows with the first encryption key")
    rotate.add_argument("--dry-run", action="store_true", help="only count the rows to be sealed")
    rotate.add_argument(
        "--per-second", type=_positive, default=0, help="write at most this many rows a second"
    )
    rotate.set_defaults(run=lambda arguments: _rotate(settings(), arguments))


@dataclass
class Meter:
    """Show the progress of a run: one changing line on a terminal, else a line every 5 seconds."""

    total: int
    started: float = field(default_factory=time.monotonic)
    shown: float = field(default_factory=time.monotonic)

    def __call__(self, rows: int) -> None:
        """Show that ``rows`` are done."""
        now = time.monotonic()
        terminal = sys.stdout.isatty()
        if not terminal and now - self.shown < LINE_SECONDS:
            return
        self.shown = now
        rate = rows / max(now - self.started, 0.001)
        # New rows may have come since the rows were counted.
        text = f"{rows} of {max(rows, self.total)} rows, {rate:.0f} per second"
        print(f"\r{text}\033[K" if terminal else text, end="" if terminal else "\n", flush=True)

    def end(self) -> None:
        """Clear the changing line."""
        if sys.stdout.isatty():
            print("\r\033[K", end="")


def _new_key(arguments: argparse.Namespace) -> int:
    say(f"{arguments.id}:{new_encryption_key()}")
    return 0


def _status(settings: Settings, arguments: argparse.Namespace) -> int:
    async def show() -> int:
        async with _opened(settings) as (vault, rotation):
            rows = _rows(vault, await _survey(rotation))
        if arguments.json:
            return print_json([{"key": k or None, "rows": int(n), "state": s} for k, n, s in rows])
        return print_table(_TITLES, rows)

    return asyncio.run(show())


def _rotate(settings: Settings, arguments: argparse.Namespace) -> int:
    async def rotate() -> int:
        async with _opened(settings) as (vault, rotation):
            before = await _survey(rotation)
            waiting = before.total() - before[vault.current]
            if arguments.dry_run:
                return print_table(_TITLES, _rows(vault, before))
            say(f"{waiting} rows are sealed with a key other than {vault.current}.")
            meter = Meter(waiting)
            done = await rotation.run(meter, per_second=arguments.per_second)
            meter.end()
            seconds = time.monotonic() - meter.started
            say(f"{done.rows} rows are now sealed with {vault.current} ({seconds:.1f} s).")
            after = await _survey(rotation)
            _name_unreadable(done.unreadable)
            return _conclude(vault, after, len(done.unreadable))

    try:
        return asyncio.run(rotate())
    except KeyboardInterrupt:
        say("\nStopped. Run it again to continue.", error=True)
        return 130


async def _survey(rotation: Rotation) -> Counter[str]:
    with long_step("counting the rows of each key"):
        return await rotation.survey()


def _name_unreadable(unreadable: Sequence[tuple[str, str]]) -> None:
    if not unreadable:
        return
    say(f"{len(unreadable)} rows cannot be opened and are left unchanged:")
    for collection, row in unreadable[:_MOST_LISTED]:
        say(f"  {collection} {row}")
    if len(unreadable) > _MOST_LISTED:
        say(f"  and {len(unreadable) - _MOST_LISTED} more")


def _conclude(vault: Vault, after: Counter[str], unreadable: int) -> int:
    """Print the encryption keys that may be removed, and return the exit code."""
    for key_id in vault.key_ids[1:]:
        if not after[key_id]:
            say(f"{key_id} seals no rows any more and may be removed.")
    left = after.total() - after[vault.current]
    if left > unreadable:
        say(
            f"{left - unreadable} rows were sealed with another key meanwhile. Check that every "
            f"process has {vault.current} as its first key, then run this again."
        )
    return 1 if left or unreadable else 0


_TITLES = ("key", "rows", "state")


def _rows(vault: Vault, rows: Counter[str]) -> list[tuple[str, str, str]]:
    found = []
    for key_id in [*vault.key_ids, *sorted(rows.keys() - {*vault.key_ids})]:
        if key_id == vault.current:
            state = "seals new rows"
        elif key_id in vault.key_ids:
            state = "opens rows; rotation pending" if rows[key_id] else "no longer needed"
        elif key_id:
            state = "missing: these rows cannot be opened"
        else:
            state = "no sealed values: these rows cannot be opened"
        found.append((key_id, str(rows[key_id]), state))
    return found


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Vault, Rotation]]:
    # The output for people names missing keys already, so the log does not repeat them.
    configure_logs("error", settings.log_format, sys.stderr)
    vault = open_vault(settings)
    url = settings.mongodb_url.get_secret_value()
    async with open_database(url, settings.mongodb_database, settings.mongodb_driver) as database:
        await prepare(database)
        stores = sealed_stores(database)
        await check_encryption_keys(vault, EncryptionKeyCheckStore(database), stores, utc_now)
        keep = timedelta(days=settings.audit_days) or None
        audit = Audit(AuditStore(database, keep), utc_now, Metrics())
        async with audit.writing():
            yield vault, Rotation(vault, stores, audit)


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError
    return number
