"""A hostile authorization server as a process: ``python -m tests.attacks.hostile PORT``.

It approves without asking and answers its token endpoint properly: only the gateway protects the
victim's account from it. A test tells it beforehand where to send a browser. It records every
authorization and token request.

It is the provider of the connectors of ``write_connectors``.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from connectors.environment import app_variables
from gateway.dev.children import child
from gateway.server.run import free_port, run, serve, server_for
from tests.support.loopback import LOOPBACK
from tests.support.sandbox import await_answer

ISSUER = "https://issuer.hostile.example"
"""The issuer that the connectors ``named`` and ``strict`` expect in the callback."""

CONNECTORS = {
    "evil": "",
    "named": f'issuer="{ISSUER}",',
    "strict": f'issuer="{ISSUER}", issuer_required=True,',
}

_CATALOG = '''
"""A connector whose provider is hostile."""

from datetime import date

from connectors import ConnectorConfig, account_lookup, app


def create_config(env):
    return ConnectorConfig(
        **app("{name}", env),
        display_name="{title}",
        category="other",
        docs_url="https://hostile.example/docs",
        console_url="https://hostile.example/apps",
        checked_on=date(2026, 11, 21),
        authorization_url="{url}/authorize",
        token_url="{url}/{token}",
        {more}
        scopes=("read",),
        supports_refresh=False,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(id="account.id", label="account.name"),
        api_base_url="https://api.hostile.example",
    )
'''


def write_connectors(folder: Path, url: str, *, token: str = "token") -> dict[str, str]:
    """Write the connectors of the provider at ``url``; return the variables that they need.

    ``token`` is the path of their token endpoint.
    """
    (folder / "catalog").mkdir(parents=True, exist_ok=True)
    variables: dict[str, str] = {}
    for name, more in CONNECTORS.items():
        source = _CATALOG.format(name=name, title=name.title(), url=url, token=token, more=more)
        (folder / "catalog" / f"{name}.py").write_text(source)
        variables |= app_variables(name, f"{name}-client", f"{name}-client-secret")
    return variables


@dataclass(frozen=True)
class Hostile:
    """The running server: ``url`` is on another site than the gateway, ``same_site`` on its."""

    url: str

    @property
    def same_site(self) -> str:
        """Another origin of the gateway's site: the same host name with another port."""
        return self.url.replace("127.0.0.1", "localhost")

    def answer(
        self,
        *,
        to: str | None = None,
        change: dict[str, str | None] | None = None,
        add: list[tuple[str, str]] | None = None,
    ) -> None:
        """Set the answer of its authorization endpoint.

        The default is the redirect URI with a code and the state. ``change`` replaces parameters,
        or drops those with the value ``None``; ``add`` appends parameters, even repeated ones.
        ``to`` is another provider's address: the browser goes there with this flow's state and
        challenge.
        """
        self._post("/plan", {"to": to, "change": change or {}, "add": add or []})

    def page(self, html: str) -> None:
        """Set the content of ``/page``."""
        self._post("/page", {"html": html})

    def requests(self, endpoint: str, *, after: int = 0) -> list[dict[str, Any]]:
        """The requests to ``authorize`` or ``token`` after number ``after``, oldest first."""
        lines = self._log()
        return [line for line in lines if line["number"] > after and line["endpoint"] == endpoint]

    def mark(self) -> int:
        """Return the number of the newest request."""
        return len(self._log())

    def _log(self) -> list[dict[str, Any]]:
        answer = LOOPBACK.get(f"{self.url}/log").raise_for_status()
        lines: list[dict[str, Any]] = answer.json()["log"]
        return lines

    def _post(self, path: str, body: dict[str, Any]) -> None:
        LOOPBACK.post(self.url + path, json=body).raise_for_status()


@contextmanager
def running_hostile(folder: Path) -> Iterator[Hostile]:
    """Run the server while the context lasts."""
    port, log = free_port(), folder / "hostile.log"
    command = [sys.executable, "-m", "tests.attacks.hostile", str(port)]
    with child(command, env=os.environ, log=log) as process:
        hostile = Hostile(f"http://127.0.0.1:{port}")
        await_answer(f"{hostile.url}/log", process, log)
        yield hostile


class _Server:
    """The state of the process."""

    def __init__(self) -> None:
        self.log: list[dict[str, Any]] = []
        self.plan: dict[str, Any] = {"to": None, "change": {}, "add": []}
        self.html = ""

    def _note(self, endpoint: str, params: dict[str, str]) -> None:
        self.log.append({"number": len(self.log) + 1, "endpoint": endpoint, **params})

    async def authorize(self, request: Request) -> Response:
        given = dict(request.query_params)
        self._note("authorize", given)
        if self.plan["to"] is not None:
            names = ("state", "code_challenge", "code_challenge_method")
            mine = {name: given[name] for name in names}
            target = httpx.URL(self.plan["to"]).copy_merge_params(mine)
            return RedirectResponse(str(target), 303)
        params = {"code": f"code-{secrets.token_urlsafe(16)}", "state": given["state"]}
        params |= self.plan["change"]
        pairs = [(name, value) for name, value in params.items() if value is not None]
        pairs += [(name, value) for name, value in self.plan["add"]]
        return RedirectResponse(f"{given['redirect_uri']}?{urlencode(pairs)}", 303)

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        self._note("token", {"path": request.url.path, **form})
        return JSONResponse(
            {
                "access_token": f"hostile-{secrets.token_urlsafe(16)}",
                "token_type": "bearer",
                "scope": "read",
                "account": {"id": "attackers-own", "name": "The attacker's account"},
            }
        )

    async def set_plan(self, request: Request) -> Response:
        self.plan = await request.json()
        return Response(status_code=204)

    async def show_log(self, request: Request) -> Response:
        return JSONResponse({"log": self.log})

    async def set_page(self, request: Request) -> Response:
        self.html = (await request.json())["html"]
        return Response(status_code=204)

    async def show_page(self, request: Request) -> Response:
        return HTMLResponse(self.html)

    async def show_nothing(self, request: Request) -> Response:
        return Response(status_code=204)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/moved", self.token, methods=["POST"]),
                Route("/plan", self.set_plan, methods=["POST"]),
                Route("/log", self.show_log),
                Route("/page", self.set_page, methods=["POST"]),
                Route("/page", self.show_page),
                Route("/favicon.ico", self.show_nothing),
            ]
        )


if __name__ == "__main__":
    app = _Server().app()
    run(serve([server_for(app, host="127.0.0.1", port=int(sys.argv[1]), lifespan="off")]))
