"""The commands ``gateway tools list | show | call | new`` (docs/tools.md)."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from connectors.catalog import Catalog
from gateway.access.identity import DEFAULT_TENANT
from gateway.commands.connectors.known import CONNECTORS_PATH
from gateway.commands.connectors.new import CannotWrite, write_all
from gateway.commands.deployment import Commands, WithServices
from gateway.commands.output import add_json_option, print_json, print_lines, print_table
from gateway.commands.progress import long_step
from gateway.commands.tools.new import tool_files
from gateway.errors import ApprovalRequired, GatewayError, InvalidArguments, UnknownTool, code_of
from gateway.observe.logs import configure_logs
from gateway.settings.environment import read_environment
from gateway.text import printable, say
from gateway.tools.context import Asked
from gateway.tools.registry import Registry, Tool
from gateway.wiring.process import Services

COMMAND_KEY = "command"
"""What usage events name in place of a service key."""


def add_tool_commands(commands: Commands, with_providers: WithServices) -> None:
    """Add ``tools`` to the command line. ``list``, ``show`` and ``new`` need no deployment."""
    tools = commands.add_parser("tools", help="list, show, call and begin tools")
    actions = tools.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list every tool, and every tool file that is hidden")
    listing.add_argument("--connector", metavar="NAME", help="only those that need this connector")
    listing.set_defaults(run=_list)
    show = actions.add_parser("show", help="show what a tool needs, takes and returns")
    show.add_argument("name", metavar="NAME")
    show.set_defaults(run=_show)
    for action in (listing, show):
        add_json_option(action)
    call = actions.add_parser("call", help="call a tool for a user of the running deployment")
    call.add_argument("name", metavar="NAME")
    call.add_argument("arguments", metavar="JSON", nargs="?", default="{}", help="default: {}")
    call.add_argument("--user", required=True)
    call.add_argument("--tenant", default=DEFAULT_TENANT)
    call.add_argument("--account", help="a connection id, external account id or label")
    call.add_argument("--owner", choices=["user", "org", "platform"])
    call.add_argument("--approval", metavar="ID", help="one that an earlier call asked for")
    call.set_defaults(run=lambda arguments: _call(arguments, with_providers))
    new = actions.add_parser("new", help="begin a tool: write its file, or show what to add to it")
    new.add_argument("name", metavar="NAME", help="<connector>_<verb>_<object>")
    new.add_argument("--connector", metavar="NAME", help="default: the first part of the name")
    new.add_argument("--folder", type=Path, metavar="PATH", help="a folder of your own connectors")
    new.set_defaults(run=_new)


def read_registry() -> Registry:
    """Return the tools of this process; their connectors need no variable of theirs."""
    # The commands name the files that are hidden themselves.
    configure_logs("error", stream=sys.stderr)
    path = read_environment().get(CONNECTORS_PATH, "").strip()
    folder = Path(path) if path else None
    return Registry(Catalog({}, folder), folder)


def _list(arguments: argparse.Namespace) -> int:
    with long_step("loading the tools"):
        registry = read_registry()
        every = registry.tools()
    found = [tool for tool in every if arguments.connector in {None, *tool.connectors}]
    if arguments.json:
        facts = [tool_facts(tool) for tool in found]
        return print_json({"tools": facts, "hidden": dict(registry.problems())})
    print_table(
        ("name", "effect", "description"), [(t.name, t.effect, t.description) for t in found]
    )
    for file, reason in registry.problems().items():
        say(printable(f"hidden: {file}: {reason}"), error=True)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    registry = read_registry()
    try:
        tool = registry.tool(arguments.name)
    except UnknownTool:
        for file, reason in registry.problems().items():
            say(printable(f"hidden: {file}: {reason}"), error=True)
        return _fail(f'there is no tool "{arguments.name}"; gateway tools list names them all')
    facts = tool_facts(tool)
    return print_json(facts) if arguments.json else print_lines(_shown(tool, facts["needs"]))


def _shown(tool: Tool, needs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"{tool.name}: {tool.description}"
    yield f"  effect   {tool.effect}" + (f", policy {tool.policy}" if tool.policy else "")
    for each in needs:
        what = "a credential of the platform" if each["secret"] else " ".join(each["scopes"])
        yield f"  needs    {each['connector']} {what}".rstrip()
    yield f"  file     {tool.file}"
    yield f"  digest   {tool.digest}"
    for title, schema in (("arguments", tool.input_schema), ("result", tool.output_schema)):
        yield f"  {title}"
        for line in json.dumps(schema, indent=2, ensure_ascii=False).splitlines():
            yield f"    {line}"
    for example in tool.examples:
        yield f"  example  {json.dumps(example, ensure_ascii=False)}"


def tool_facts(tool: Tool) -> dict[str, Any]:
    """Return what programs are told about a tool."""
    return {
        "name": tool.name,
        "description": tool.description,
        "effect": tool.effect,
        "policy": tool.policy,
        "needs": [
            {
                "connector": need.connector,
                "scopes": list(tool.scopes.get(need.connector, ())),
                "secret": need.connector not in tool.scopes,
            }
            for need in tool.needs
        ],
        "input_schema": tool.input_schema,
        "output_schema": tool.output_schema,
        "examples": [dict(example) for example in tool.examples],
        "digest": tool.digest,
        "file": tool.file,
    }


def _call(arguments: argparse.Namespace, with_providers: WithServices) -> int:
    try:
        given = json.loads(arguments.arguments)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        return _fail("the arguments are not a JSON object")
    asked = Asked(
        tool=arguments.name,
        arguments=given,
        tenant=arguments.tenant,
        user=arguments.user,
        key_id=COMMAND_KEY,
        request_id="",
        account=arguments.account,
        owner=arguments.owner,
        approval=arguments.approval,
    )

    async def call(services: Services) -> int:
        try:
            with long_step(f"calling {asked.tool}"):
                found = await services.tool_calls.call(asked)
        except InvalidArguments as error:
            for field, message in error.problems:
                say(printable(f"{field}: {message}"), error=True)
            return 1
        except ApprovalRequired as asking:
            say(f"gateway: a person has to approve this call: {asking.url}", error=True)
            say(f"Then repeat it with --approval {asking.approval_id}", error=True)
            return 1
        except GatewayError as error:
            say(printable(f"gateway: {code_of(error)}: {error}"), error=True)
            return 1
        facts = {"result": found.result, "truncated": found.truncated, "next": found.next}
        return print_json(facts | {"cost": found.cost})

    return with_providers(call)


def _new(arguments: argparse.Namespace) -> int:
    folder: Path | None = arguments.folder
    try:
        files = tool_files(arguments.name, connector=arguments.connector, folder=folder)
        write_all(files)
    except CannotWrite as error:
        return _fail(str(error))
    before = f"{CONNECTORS_PATH}={shlex.quote(str(folder))} " if folder is not None else ""
    for path in files:
        say(f"wrote  {path}")
    say("\nReplace every fill-in; this command says what is wrong with the tool:")
    say(f"  {before}gateway tools show {arguments.name}")
    say("How to go on: docs/tools.md")
    return 0


def _fail(sentence: str) -> int:
    say(printable(f"gateway: {sentence}"), error=True)
    return 1
