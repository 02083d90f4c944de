"""What each command of ``gateway integrations`` does, and what it prints."""

from __future__ import annotations

import argparse
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from pydantic import BaseModel

from gateway.commands.output import print_json, print_lines
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

Lines = tuple[Any, Iterable[str]]
"""What ``--json`` prints, and the lines for people."""
Action = Callable[[Services, argparse.Namespace], Awaitable[Lines]]


async def act(services: Services, arguments: argparse.Namespace, action: Action) -> int:
    """Do it, print what comes of it, and return the exit code."""
    try:
        await services.integrations.ready(arguments.tenant)
        said, lines = await action(services, arguments)
    except IntegrationRefused as error:
        return _fail(error.code, error.reason)
    except GatewayError as error:
        return _fail(code_of(error), str(error))
    if arguments.json:
        return print_json(_plain(said))
    return print_lines(map(printable, lines))


async def _list(services: Services, arguments: argparse.Namespace) -> Lines:
    every = await services.integration_service.list_for(arguments.tenant)
    found = [each for each in every if each.added is not None]
    width = max((len(each.slug) for each in found), default=0)
    lines = (
        f"{each.slug:{width}}  {each.kind:7}  {_tools_said(each.tools, each.waiting)}  {each.name}"
        for each in found
    )
    return {"integrations": [integration_reply(each) for each in found]}, lines


async def _detect(services: Services, arguments: argparse.Namespace) -> Lines:
    found = await services.integration_service.detect(arguments.tenant, arguments.url)
    if not found:
        raise unknown_kind()
    lines = (f"{each.kind:7}  {each.confidence:6}  {each.endpoint}  {each.name}" for each in found)
    return claims_reply(found), lines


async def _preview(services: Services, arguments: argparse.Namespace) -> Lines:
    found = await services.integration_service.preview(arguments.tenant, _given(arguments))
    said = preview_reply(found)
    lines = [
        f"{said.name}, {said.kind}, at {said.baseUrl or 'no server: say --base-url'}",
        f"  slug     {said.slug}",
        f"  connect  {', '.join(each.template for each in said.authMethods) or 'nothing'}",
        f"  tools    {len(said.operations)}, about {said.tokens} tokens",
        f"  digest   {said.digest}",
        *(f"  {each.effect:11}  {each.tokens:6}  {each.name}" for each in said.operations),
        *_skipped(said.skipped),
    ]
    return said, lines


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
    return said, [f"added  {row.slug}  {_tools_said(row.tools, 0)}", *_skipped(said.skipped)]


async def _refresh(services: Services, arguments: argparse.Namespace) -> Lines:
    given = Given(document=_document(arguments)) if arguments.file else None
    done = await services.tool_review.refresh(
        arguments.tenant, arguments.slug, given=given, dry_run=arguments.dry_run
    )
    lines = [f"{_change(each.before, each.after):8}  {each.name}" for each in done.changes]
    if done.later:
        lines.append("each connection is asked for its tools when they are needed next")
    return refresh_reply(done), lines or ["nothing has changed"]


async def _tools(services: Services, arguments: argparse.Namespace) -> Lines:
    row, tools = await services.tool_review.list_for(arguments.tenant, arguments.slug)
    said = tools_reply(row, tools)
    lines = (
        f"{each.tool}  {each.effect}  {each.state}{'' if each.enabled else '  not offered'}"
        for each in said.tools
    )
    return said, lines


async def _remove(services: Services, arguments: argparse.Namespace) -> Lines:
    done = await services.integration_service.remove(arguments.tenant, arguments.slug)
    said = removed_reply(done)
    return said, [
        f"removed  {arguments.slug}  {done.connections} connections, {done.revoked} revoked"
    ]


ACTIONS: dict[str, Action] = {
    "list": _list,
    "detect": _detect,
    "preview": _preview,
    "add": _add,
    "refresh": _refresh,
    "tools": _tools,
    "remove": _remove,
}


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


def _skipped(skipped: Iterable[Any]) -> list[str]:
    return [f"  skipped  {each.name}: {each.code}: {each.reason}" for each in skipped]


def _tools_said(count: int, waiting: int) -> str:
    return f"{count} tools" + (f", {waiting} to accept" if waiting else "")


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
