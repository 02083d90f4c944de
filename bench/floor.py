"""The floors: the least that a token read can cost, as Starlette routes without a gateway.

Three doors of one process, on the server that runs the gateway:

- ``GET /bare`` does nothing, and answers with as many bytes as a token read.
- ``POST /floor/…`` parses the same request, checks the hash of one service key and answers the same
  JSON from a dictionary.
- ``POST /row/…`` does that, and reads the row with one ``find_one`` and decrypts its access token.

The row is read through the gateway's own client of the database, so that driver and options are the
same; it is opened by the gateway's own vault. All else is as short as it can be written here.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.seed import CONNECTOR, Place, Seeded
from gateway.access.identity import DEFAULT_TENANT
from gateway.encryption import vault
from gateway.encryption.places import token_place
from gateway.observe.logs import configure_logs
from gateway.server.run import run, serve, server_for
from gateway.settings.environment import Driver
from gateway.store.mongo import Collection, open_database
from gateway.store.owners import owner_of

BARE_PATH = "/bare"
_NO_STORE = {"Cache-Control": "no-store"}
_FRAME = len(json.dumps({"padding": ""}, separators=(",", ":")))


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The data of the routes: the hash of each key by its id, and the answer for each user."""

    place: Place
    driver: str
    key_hashes: Mapping[str, str]
    answers: Mapping[str, Mapping[str, Any]]

    def write(self, file: Path) -> None:
        """Keep them in ``file``."""
        file.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, file: Path) -> Facts:
        """What ``write`` wrote."""
        kept = json.loads(file.read_text())
        return cls(**kept | {"place": Place(**kept["place"])})

    @classmethod
    def of(
        cls, place: Place, driver: str, seeded: Seeded, answers: Mapping[str, Mapping[str, Any]]
    ) -> Facts:
        """The facts about what was seeded at ``place``."""
        _, key_id, secret = seeded.key.reveal().split("_")
        return cls(place=place, driver=driver, key_hashes={key_id: _hash(secret)}, answers=answers)


def floor_app(facts: Facts) -> Starlette:
    """The three routes."""
    answers, key_hashes = facts.answers, facts.key_hashes
    opener = vault.Vault(vault.read_encryption_keys(facts.place.encryption_keys))
    padding = "x" * max(len(json.dumps(next(iter(answers.values())))) - _FRAME, 1)

    async def wanted_user(request: Request) -> str:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        parts = key.split("_")
        if scheme != "Bearer" or len(parts) != 3:
            raise HTTPException(401)
        if not hmac.compare_digest(_hash(parts[2]), key_hashes.get(parts[1], "")):
            raise HTTPException(401)
        user: str = json.loads(await request.body())["user"]
        if user not in answers:
            raise HTTPException(404)
        return user

    async def bare(request: Request) -> JSONResponse:
        return JSONResponse({"padding": padding})

    async def floor(request: Request) -> JSONResponse:
        return JSONResponse(answers[await wanted_user(request)], headers=_NO_STORE)

    async def row(request: Request) -> JSONResponse:
        user = await wanted_user(request)
        rows: Collection = request.state["rows"]
        found = await rows.find_one(
            {"tenant": DEFAULT_TENANT, "owner": owner_of(user), "connector": CONNECTOR}
        )
        if found is None:
            raise HTTPException(404)
        place = token_place(
            "access_token",
            tenant=found["tenant"],
            owner=found["owner"],
            connector=found["connector"],
            row=found["_id"],
            generation=found["generation"],
        )
        token = opener.open(found["tokens"]["access"], place)
        return JSONResponse({**answers[user], "access_token": token.reveal()}, headers=_NO_STORE)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
        place = facts.place
        async with open_database(
            place.mongodb_url, place.database, Driver(facts.driver)
        ) as database:
            yield {"rows": database.collection("connections")}

    return Starlette(
        routes=[
            Route(BARE_PATH, bare),
            Route("/floor/connectors/{name}/token", floor, methods=["POST"]),
            Route("/row/connectors/{name}/token", row, methods=["POST"]),
        ],
        lifespan=lifespan,
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def main(argv: Sequence[str] | None = None) -> None:
    """Serve the routes on a loopback port until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m bench.floor", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--facts", type=Path, required=True, help="the file that holds the answers")
    arguments = parser.parse_args(argv)
    configure_logs()
    app = floor_app(Facts.read(arguments.facts))
    run(serve([server_for(app, host="127.0.0.1", port=arguments.port)]))


if __name__ == "__main__":
    main()
