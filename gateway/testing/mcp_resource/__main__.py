"""``python -m gateway.testing.mcp_resource URL --tokens FILE``: run the checks against a server.

The file is a JSON object: kind of token -> access token. Tools are given as ``kind=name`` or
``kind=name:{"argument": 1}``. The exit status is 1 if a check failed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import httpx

from gateway.testing.mcp_resource import CHECKS, Target, ToolCall, run

KINDS = ("write", "unconnected", "healthy")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="mcp_resource", description=__doc__)
    parser.add_argument("url", help="the URL of the server, as its clients use it")
    parser.add_argument("--tokens", type=Path, help="a JSON file: kind -> access token")
    parser.add_argument("--tool", action="append", default=[], help=f"of {', '.join(KINDS)}")
    parser.add_argument("--check", action="append", default=[], choices=sorted(CHECKS))
    given = parser.parse_args(argv)
    tokens = json.loads(given.tokens.read_text()) if given.tokens else {}
    tools = dict(_tool(parser, text) for text in given.tool)
    return asyncio.run(_run(given.url, tokens, tools, given.check))


async def _run(
    url: str, tokens: dict[str, str], tools: dict[str, ToolCall], names: Sequence[str]
) -> int:
    async with httpx.AsyncClient(timeout=30) as http:
        found = await run(Target(url=url, http=http, tokens=tokens, **tools), names)
    for each in found:
        print(
            f"{each.state:8} {each.statement:2} {each.name}{': ' if each.seen else ''}{each.seen}"
        )
    return int(any(each.state == "failed" for each in found))


def _tool(parser: argparse.ArgumentParser, text: str) -> tuple[str, ToolCall]:
    kind, _, rest = text.partition("=")
    name, _, arguments = rest.partition(":")
    if kind not in KINDS or not name:
        parser.error(f"--tool {text}: must be one of {', '.join(KINDS)}, =, and a name")
    return kind, ToolCall(name, json.loads(arguments or "{}"))


if __name__ == "__main__":
    raise SystemExit(main())
