"""One run of a connector's hook, which may fail in any way (design rule 7)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from connectors.account import AccountInfo
from connectors.catalog import Hook
from connectors.errors import AccountUnfit, AccountUnreadable
from gateway.errors import EgressRefused, ProviderError, UnreadableResponse
from gateway.observe.logs import get_logger
from gateway.services.refresh_failures import reason_of

_log = get_logger()

HOOK_SECONDS = 15.0
"""The longest that a hook may take."""
HOOK_ERROR = "hook_error"


@dataclass(frozen=True, kw_only=True)
class Enriched:
    """An account after its hook. ``failure`` says why the hook failed, if it did."""

    account: AccountInfo
    failure: str | None


async def run_hook(connector: str, hook: Hook, context: Any, seconds: float) -> Enriched:
    """Run a hook for ``seconds`` at most. A failing one keeps what it found before.

    ``context`` has the account. Raises ``AccountUnfit`` if the hook finds that the account lacks
    what the connector needs.
    """

    async def run() -> BaseException | None:
        try:
            await hook(context)
        except (Exception, SystemExit) as error:
            return error
        return None

    # A task of its own: a hook may refuse to be cancelled.
    task = asyncio.create_task(run())
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        task.cancel()
    error = TimeoutError() if not task.done() else _result(task)
    if isinstance(error, AccountUnfit):
        raise error
    reason = None if error is None else _why(error)
    if reason is not None:
        detail = str(error) if isinstance(error, ProviderError | AccountUnreadable) else None
        unexpected = error if reason == HOOK_ERROR and isinstance(error, Exception) else None
        _log.warning(
            "hook_failed", connector=connector, reason=reason, detail=detail, exc_info=unexpected
        )
    return Enriched(account=context.account, failure=reason)


def _result(task: asyncio.Task[BaseException | None]) -> BaseException | None:
    return asyncio.CancelledError() if task.cancelled() else task.result()


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, AccountUnreadable | UnreadableResponse):
        return "unreadable_answer"
    if isinstance(error, ProviderError) and not isinstance(error, EgressRefused):
        return reason_of(error)
    return HOOK_ERROR
