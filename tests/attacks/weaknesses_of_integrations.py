"""Ways to weaken the product's checks of integrations; see ``weaknesses.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx

import gateway.integrations.entrusted as entrusted
import gateway.integrations.graphql.request as graphql_request
import gateway.integrations.mcp_client.tools as mcp_tools
import gateway.integrations.openapi.request as openapi_request
import gateway.integrations.openapi.styles as styles
import gateway.integrations.tool_review as tool_review
import gateway.integrations.tools as integration_tools
import gateway.services.own_names as own_names
from gateway.access.sessions import SessionCaller
from gateway.engine.integration import Fetched
from gateway.errors import IntegrationUnreachable
from gateway.integrations.fetch import Fetcher
from gateway.proxy import destination
from gateway.tools.integration_tool import Pin
from gateway.web import integration_request

# Of no type: a weakness assigns to methods and module functions.
_FETCHER: Any = Fetcher
_GRAPHQL: Any = graphql_request
_MCP: Any = mcp_tools
_OPENAPI: Any = openapi_request
_STYLES: Any = styles
_REVIEW: Any = tool_review
_ENTRUSTED: Any = entrusted
_TOOLS: Any = integration_tools
_NAMES: Any = own_names
_DESTINATION: Any = destination
_PAGES: Any = integration_request
_SESSION: Any = SessionCaller


def _plain_fetch() -> None:
    """A pasted URL is read by any client, wherever it and its redirects lead."""

    async def fetch(
        fetcher: Any,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        most: int = 0,
    ) -> Fetched:
        async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as client:
            try:
                found = await client.request(method, url, headers=headers, content=content)
            except httpx.HTTPError:
                raise IntegrationUnreachable from None
        return Fetched(
            status=found.status_code,
            url=str(found.url),
            headers=dict(found.headers),
            content=found.content,
        )

    _FETCHER.fetch = fetch


def _any_host() -> None:
    """The address of an integration changes while accounts are connected."""
    _ENTRUSTED._origin = lambda url: ""


def _any_flow() -> None:
    """The endpoints of a flow change while there is an app for them."""
    _ENTRUSTED._flow_of = lambda methods: None


def _unquoted() -> None:
    """A value in the path of an operation is put there as it is, and may climb."""

    def segment(value: Any) -> str:
        return quote(str(value), safe="/.%?#;")

    _STYLES._segment = segment
    _OPENAPI._path = lambda call, values: call["path"].format_map(values)
    _DESTINATION._check_path = lambda path: None


def _pasted_selection() -> None:
    """The selection of a caller goes into the query as text."""
    _GRAPHQL.selection = lambda written, of, known: f"{{ {written} }}"


def _accepted() -> None:
    """Every definition counts as accepted."""
    _TOOLS.pin_of_row = lambda row, integration: Pin.ACCEPTED


def _same_digest() -> None:
    """A tool's digest does not cover its definition, nor what was accepted of it."""
    dumps = _TOOLS.canonical_json

    def said(value: Any) -> bytes:
        kept = {name: each for name, each in value.items() if name not in {"digest", "pin"}}
        found: bytes = dumps(kept)
        return found

    _TOOLS.canonical_json = said


def _believed() -> None:
    """A server's hint that its tool only reads is believed."""
    effect = _MCP._effect

    def hinted(annotations: Any) -> str:
        hint = isinstance(annotations, Mapping) and annotations.get("readOnlyHint") is True
        return "read" if hint else effect(annotations)

    _MCP._effect = hinted


def _any_tenant() -> None:
    """The whole name of an integration is its tenant's and everybody's."""
    _NAMES.is_foreign = lambda tenant, name: False


def _any_origin() -> None:
    """A form of the pages may come from any site that knows the token."""
    _PAGES.check_origin = lambda request: None


def _any_token() -> None:
    """A form of the gateway's own origin needs no token."""
    _SESSION.check_csrf = lambda session, given: None


def _anybody() -> None:
    """Whoever is signed in is an administrator on the pages."""
    _SESSION.require_admin = lambda session: None


def _unpinned() -> None:
    """What is read again need not be what a person was shown."""
    refresh = _REVIEW.ToolReview.refresh

    async def unpinned(review: Any, *given: Any, **more: Any) -> Any:
        return await refresh(review, *given, **more | {"digest": ""})

    _REVIEW.ToolReview.refresh = unpinned


OF_INTEGRATIONS: dict[str, Callable[[], None]] = {
    "integration_url_is_guarded": _plain_fetch,
    "integration_host_is_kept": _any_host,
    "integration_app_keeps_its_flow": _any_flow,
    "integration_path_is_quoted": _unquoted,
    "integration_selection_is_printed": _pasted_selection,
    "integration_definition_is_accepted": _accepted,
    "integration_approval_is_for_it": _same_digest,
    "integration_hint_only_tightens": _believed,
    "integration_is_of_the_tenant": _any_tenant,
    "integration_form_is_of_this_site": _any_origin,
    "integration_form_has_the_token": _any_token,
    "integration_pages_are_of_admins": _anybody,
    "integration_refresh_is_as_shown": _unpinned,
}
