"""Every way on which a credential of a connection leaves the gateway: a new one fails here."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from starlette.routing import Route

from gateway.web.app import ROUTES

pytestmark = pytest.mark.requirement("I5")

ROOT = Path(__file__).parents[2]

SENDERS = {
    "gateway.access.login.discovery": "metadata and keys of the identity provider",
    "gateway.access.login.oidc": "the code of a sign-in; no connection has a part in it",
    "gateway.commands.connectors.probe": "nothing but the addresses of published metadata",
    "gateway.authorization.metadata_documents": "nothing but the address of a description",
    "gateway.mcp.issuer_keys": "the keys of the operator's authorization server",
    "gateway.proxy.forward": "calls of tools: the only requests that a caller writes",
    "gateway.services.key_provider": "verification and exchange of pasted values, hooks of keys",
    "gateway.services.provider": "token endpoints, account look-ups and hooks of connectors",
    "gateway.services.steps": "steps that a connector replaces with code",
    "gateway.webhooks.delivery": "events to receivers, without any credential",
}
"""Every module that sends a request, with what it sends."""

ATTACHING = {
    "attach_to_headers": {"gateway.proxy.prepared"},
    "attach_to_target": {"gateway.proxy.prepared"},
    "attach_to_body": {"gateway.proxy.prepared"},
    "api_request": {"gateway.services.provider"},
    "key_request": {"gateway.services.key_provider"},
    "exchange_of_values": {"gateway.services.key_provider"},
    "api_headers": {"gateway.engine.api", "gateway.engine.revocation", "gateway.services.states"},
    "placed": {"gateway.engine.key_requests", "gateway.services.states", "gateway.services.tokens"},
}
"""Every function that puts a credential into a request, and the modules that call it.

The first three are for requests that a caller wrote. Those below are for the gateway's own, whose
addresses the connector says, and for what tools with the role ``tokens`` get.
"""

READERS = {
    "gateway.proxy.credentials": "puts them into requests",
    "gateway.proxy.forward": "looks for them in answers",
    "gateway.proxy.rejected": "the hash of a refused token",
    "gateway.services.tokens": "makes them",
    "gateway.tools.context": "hands them to tools that are functions, with a line in the audit",
    "gateway.web.tokens": "hands them to keys with the role tokens",
}
"""Every module that reads the secret parts of an issued token."""
SECRET_PARTS = {"api_headers", "api_query", "api_body", "secrets"}


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the server, by its name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text())
        for path in (ROOT / "gateway").rglob("*.py")
        if path.relative_to(ROOT).parts[1] not in {"client", "testing", "sandbox"}
    }


def calls(tree: ast.AST) -> set[str]:
    """The names of all functions and methods that are called or handed on."""
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return found | {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def test_every_sender_is_known() -> None:
    found = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"send", "send_webhook", "stream"}
        and "outbound" in ast.unparse(node.value)
    }
    assert found == SENDERS.keys()


def test_only_the_outbound_package_has_a_client() -> None:
    for name, tree in modules().items():
        if not name.startswith("gateway.outbound."):
            assert "handle_async_request" not in calls(tree), name
            assert "AsyncClient" not in calls(tree) or name == "gateway.sandbox.link", name


def test_every_place_that_attaches_is_known() -> None:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, tree in modules().items():
        called = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        for function in called & ATTACHING.keys():
            found[function].add(name)
    assert found == ATTACHING


def test_every_reader_of_the_secret_parts_is_known() -> None:
    found = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node.value) == "issued"
        and (node.attr in SECRET_PARTS or node.attr == "access_token")
    }
    assert found == READERS.keys() - {"gateway.services.tokens"}


def test_two_routes_reach_the_proxy() -> None:
    """Each handler whose module uses ``services.forward``, or calls tools, which are code."""
    found = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"forward", "tool_calls"}
        and ast.unparse(node.value).startswith(("services", "given"))
    }
    assert found == {
        "gateway.commands.tools.commands",  # an operator at a terminal
        "gateway.mcp.app",  # calls tools, over the other protocol
        "gateway.web.integration_tool_pages",  # an administrator tries a tool
        "gateway.web.proxy",
        "gateway.web.tools",
    }
    reached = {
        route.path
        for route in ROUTES
        if isinstance(route, Route) and route.endpoint.__module__ in found
    }
    page = "/dashboard/integrations/{slug}/tools/{tool}"
    pages = {page, f"{page}/change", "/dashboard/integrations/{slug}/accept"}
    assert reached == {"/v1/proxy/{name}/{path:path}", "/v1/tools/{name}/call", *pages}
