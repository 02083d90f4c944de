"""The sandbox's own pages and forms, and what is switched on for its providers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from gateway.sandbox.authorization import Consent
from gateway.sandbox.faults import Faults
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.provider import Simulation
from gateway.sandbox.wire import Incoming

HERE = Path(__file__).parent
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass
class Sandbox:
    """All simulated providers and what is switched on for them."""

    providers: Mapping[str, Simulation]
    ledger: Ledger
    ca: str
    tls_address: tuple[str, int]
    pending: dict[str, Consent] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def find(self, incoming: Incoming) -> tuple[Simulation, str] | None:
        """The provider and endpoint that a request is for."""
        found = [
            (simulation, endpoint)
            for simulation in self.providers.values()
            if (endpoint := simulation.endpoint(incoming))
        ]
        # Several connectors may share addresses, such as Google's: the app or the token decides.
        named = [one for one in found if len(found) > 1 and one[0].knows(incoming)]
        return next(iter(named or found), None)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form."""
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


_pages = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
)


def page(template: str, status: int, **context: Any) -> HTMLResponse:
    """Render a page."""
    return HTMLResponse(_pages.get_template(template).render(context), status, dict(HEADERS))
