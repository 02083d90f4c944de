"""The imports of a module, and those that lead to the network."""

from __future__ import annotations

import ast
from collections.abc import Iterator

NETWORK = frozenset(
    {
        "aiohttp",
        "anyio",
        "asyncio",
        "authlib",
        "ftplib",
        "h11",
        "http",
        "httpcore",
        "httpx",
        "pycurl",
        "requests",
        "smtplib",
        "socket",
        "ssl",
        "subprocess",
        "urllib3",
        "websockets",
    }
)
"""Ways to the network (and ``urllib.request``): provider code is given ``ctx.fetch`` instead."""


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that the source names in an import, wherever in it.

    ``from gateway import web`` names two: what is imported may be a module, too.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def ways_to_the_network(tree: ast.AST) -> Iterator[str]:
    """Those of its imports that provider code may not have."""
    for name in imports(tree):
        if name.partition(".")[0] in NETWORK or f"{name}.".startswith("urllib.request."):
            yield name
