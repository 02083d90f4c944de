"""What each command of ``gateway integrations`` does, and what it prints."""

from __future__ import annotations

import argparse
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from gateway.commands.output import print_json, print_lines, print_table
from gateway.commands.progress import long_step
from gateway.errors import GatewayError, IntegrationRefused, InvalidRequest, code_of
from gateway.integrations.adding import New
from gateway.integrations.reading import Given, unknown_kind
from gateway.text import printable, say
from gateway.web.integration_models import (
    claims_reply,
    integration_members,
    integration_reply,
    preview_reply,
    refresh_reply,
    removed_reply,
    skipped_replies,
    tools_reply,
)
from gateway.web.integration_replies import AddedReply
from gateway.web.integration_requests import MAX_DOCUMENT
from gateway.wiring.process import Services


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for people, under their titles."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]


Lines = tuple[Any, Sequence[str | Table]]
"""What ``--json`` prints, and the lines and tables for people."""
Action = Callable[[Services, argparse.Namespace], Awaitable[Lines]]


async def act(services: Services, arguments: argparse.Namespace, name: str) -> int:
    """Do what the command says, print what comes of it, and return the exit code."""
    doing, action = ACTIONS[name]
    try:
        with long_step(doing):
            await services.integrations.ready(arguments.tenant)
            said, lines = await action(services, arguments)
    except IntegrationRefused as error:
        return _fail(error.code, error.reason)
    except GatewayError as error:
        return _fail(code_of(error), str(error))
    if arguments.json:
        return print_json(_plain(said))
    for line in lines:
        if isinstance(line, Table):
            print_table(line.titles, line.rows)
        else:
            print_lines([printable(line)])
    return 0


async def _list(services: Services, arguments: argparse.Namespace) -> Lines:
    every = await services.integration_service.list_for(arguments.tenant)
    found = [each for each in every if each.added is not None]
    rows = [(e.slug, e.kind, str(e.tools), str(e.waiting), e.name) for e in found]
    said = {"integrations": [integration_reply(each) for each in found]}
    return said, [Table(("slug", "kind", "tools", "to accept", "name"), rows)]


async def _detect(services: Services, arguments: argparse.Namespace) -> Lines:
    found = await services.integration_service.detect(arguments.tenant, arguments.url)
    if not found:
        raise unknown_kind()
    rows = [(each.kind, each.confidence, each.endpoint, each.name) for each in found]
    return claims_reply(found), [Table(("kind", "confidence", "endpoint", "name"), rows)]


async def _preview(services: Services, arguments: argparse.Namespace) -> Lines:
    found = await services.integration_service.preview(arguments.tenant, _given(arguments))
    said = preview_reply(found)
    rows = [(each.effect, str(each.tokens), each.name) for each in said.operations]
    return said, [
        f"{said.name}, {said.kind}, at {said.baseUrl or 'no server: say --base-url'}",
        f"  slug     {said.slug}",
        f"  connect  {', '.join(each.template for each in said.authMethods) or 'nothing'}",
        f"  tools    {len(said.operations)}, about {said.tokens} tokens",
        f"  digest   {said.digest}",
        Table(("effect", "tokens", "operation"), rows),
        *_skipped(said.skipped),
    ]


async def _add(services: Services, arguments: argparse.Namespace) -> Lines:
    picked = arguments.operations
    new = New(
        given=_given(arguments),
        slug=arguments.slug,
        name=arguments.name,
        description=arguments.description,
        operations=None if picked is None else frozenset(picked),
        digest=arguments.digest,
    )
    added = await services.integration_service.add(arguments.tenant, new)
    row = added.integration
    said = AddedReply(**integration_members(row), skipped=skipped_replies(added.skipped))
    return said, [f"added  {row.slug}  {row.tools} tools", *_skipped(said.skipped)]


async def _refresh(services: Services, arguments: argparse.Namespace) -> Lines:
    given = Given(document=_document(arguments)) if arguments.file else None
    done = await services.tool_review.refresh(
        arguments.tenant, arguments.slug, given=given, dry_run=arguments.dry_run
    )
    rows = [(_change(each.before, each.after), each.name) for each in done.changes]
    lines: list[str | Table] = [Table(("change", "operation"), rows)] if rows else []
    if done.later:
        lines.append("each connection is asked for its tools when they are needed next")
    return refresh_reply(done), lines or ["nothing has changed"]


async def _tools(services: Services, arguments: argparse.Namespace) -> Lines:
    row, tools = await services.tool_review.list_for(arguments.tenant, arguments.slug)
    said = tools_reply(row, tools)
    rows = [(t.tool, t.effect, t.state, "yes" if t.enabled else "no") for t in said.tools]
    return said, [Table(("tool", "effect", "state", "offered"), rows)]


async def _remove(services: Services, arguments: argparse.Namespace) -> Lines:
    done = await services.integration_service.remove(arguments.tenant, arguments.slug)
    said = removed_reply(done)
    return said, [
        f"removed  {arguments.slug}  {done.connections} connections, {done.revoked} revoked"
    ]


ACTIONS: dict[str, tuple[str, Action]] = {
    "list": ("reading what was added", _list),
    "detect": ("asking the address what it is", _detect),
    "preview": ("reading the description", _preview),
    "add": ("reading the description", _add),
    "refresh": ("reading the description again", _refresh),
    "tools": ("reading its tools", _tools),
    "remove": ("disconnecting its accounts", _remove),
}
"""What each command does while it takes long, and the command itself."""


def _given(arguments: argparse.Namespace) -> Given:
    return Given(
        url=arguments.url,
        document=_document(arguments) if arguments.file else b"",
        kind=arguments.kind,
        base_url=arguments.base_url,
    )


def _document(arguments: argparse.Namespace) -> bytes:
    try:
        with arguments.file.open("rb") as opened:
            found: bytes = opened.read(MAX_DOCUMENT + 1)
    except OSError:
        raise InvalidRequest(f"{arguments.file} cannot be read") from None
    if not found:
        raise InvalidRequest(f"{arguments.file} is empty")
    return found


def _skipped(skipped: Iterable[Any]) -> list[Table]:
    rows = [(each.name, each.code, each.reason) for each in skipped]
    return [Table(("skipped", "code", "reason"), rows)] if rows else []


def _change(before: object, after: object) -> str:
    return "added" if before is None else "removed" if after is None else "changed"


def _plain(said: Any) -> Any:
    if isinstance(said, BaseModel):
        return json.loads(said.model_dump_json())
    if isinstance(said, dict):
        return {name: _plain(each) for name, each in said.items()}
    return [_plain(each) for each in said] if isinstance(said, list) else said


def _fail(code: str, reason: str) -> int:
    say(printable(f"gateway: {code}: {reason}"), error=True)
    return 1
