"""``gateway keys``: create, list and delete service keys (docs/keys.md)."""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc.jwk import thumbprint

from connectors.secret import Secret
from gateway.access.identity import DEFAULT_TENANT
from gateway.access.service_keys import Restrictions, Role
from gateway.clock import rfc3339
from gateway.commands.deployment import Commands, WithServices
from gateway.commands.output import add_json_option, print_json, print_table
from gateway.errors import InvalidRequest
from gateway.services.connect import CLIENTS_NOT_SHARED
from gateway.store.service_keys import StoredKey
from gateway.text import say
from gateway.wiring.process import Services, only_tenant

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def add_key_commands(commands: Commands, run: WithServices) -> None:
    """Add ``keys`` to the command line; ``run`` gives a command the services."""
    keys = commands.add_parser("keys", help="service keys: create, list, adopt, delete")
    actions = keys.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser(
        "create", help="create a service key and print it; it is not shown again"
    )
    create.add_argument("--role", action="append", required=True, choices=[*Role], dest="roles")
    create.add_argument("--tenant", default=DEFAULT_TENANT)
    create.add_argument("--label", default="")
    create.add_argument(
        "--connector",
        action="append",
        default=[],
        dest="connectors",
        help="allow this connector only; repeat the option for several",
    )
    create.add_argument(
        "--expires-in", type=_duration, metavar="90d", help="minutes (m), hours (h) or days (d)"
    )
    create.add_argument(
        "--user-assertion-keys",
        type=_jwks,
        default=[],
        metavar="FILE",
        help="require user assertions signed with a key of this file: a public JWK or a set of two",
    )
    create.set_defaults(run=lambda arguments: run(lambda services: _create(services, arguments)))
    listing = actions.add_parser("list", help="list service keys")
    listing.add_argument("--tenant", default=DEFAULT_TENANT)
    add_json_option(listing)
    listing.set_defaults(run=lambda arguments: run(lambda services: _list(services, arguments)))
    adopt = actions.add_parser(
        "adopt",
        help="accept a key that `keys list` shows as refused, with what its line says; the whole "
        "key is read from standard input",
    )
    adopt.add_argument("--tenant", default=DEFAULT_TENANT)
    adopt.set_defaults(run=lambda arguments: run(lambda services: _adopt(services, arguments)))
    delete = actions.add_parser("delete", help="delete a service key")
    delete.add_argument("id")
    delete.add_argument("--tenant", default=DEFAULT_TENANT)
    delete.set_defaults(run=lambda arguments: run(lambda services: _delete(services, arguments)))


async def _create(services: Services, arguments: argparse.Namespace) -> int:
    unknown = set(arguments.connectors) - set(services.catalog.names())
    if unknown:
        return _fail(f"no connector is called {', '.join(sorted(unknown))}")
    life = arguments.expires_in
    try:
        _, secret = await services.keys.create(
            tenant=arguments.tenant,
            roles=[Role(role) for role in arguments.roles],
            label=arguments.label,
            restrictions=Restrictions(
                connectors=tuple(arguments.connectors),
                expires_at=None if life is None else services.clock() + life,
                assertion_keys=arguments.user_assertion_keys,
            ),
        )
    except InvalidRequest as error:
        return _fail(str(error))
    if only_tenant(services.settings) not in {None, arguments.tenant}:
        note = f"{arguments.tenant} connects with OAuth apps of its own and with pasted keys alone"
        say(f"gateway: {note}: {CLIENTS_NOT_SHARED}", error=True)
    say(secret.reveal())
    return 0


async def _list(services: Services, arguments: argparse.Namespace) -> int:
    now = services.clock()
    good = await services.keys.list_for(arguments.tenant)
    refused = await services.keys.unproven(arguments.tenant)
    if arguments.json:
        return print_json([*(_data(k, True) for k in good), *(_data(k, False) for k in refused)])
    note = "refused: no proof that a gateway made it (adopt or delete it)"
    rows = [*(_cells(key, now) for key in good), *(_cells(key, now, note) for key in refused)]
    return print_table(("id", "roles", "created", "state", "label"), rows)


def _data(key: StoredKey, is_proven: bool) -> dict[str, Any]:
    return {
        "id": key.id,
        "roles": [*map(str, key.roles)],
        "label": key.label,
        "connectors": [*key.connectors],
        "created_at": rfc3339(key.created_at),
        "expires_at": rfc3339(key.expires_at) if key.expires_at else None,
        "last_used_at": rfc3339(key.last_used_at) if key.last_used_at else None,
        "assertion_keys": [*map(_thumbprint, key.assertion_keys)],
        "refused": not is_proven,
    }


def _cells(key: StoredKey, now: datetime, *notes: str) -> list[str]:
    used = f"used {key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never used"
    facts = [*notes, used]
    if key.expires_at is not None:
        over = "expired" if key.expires_at <= now else "expires"
        facts.append(f"{over} {key.expires_at:%Y-%m-%d}")
    if key.connectors:
        facts.append(f"only {','.join(key.connectors)}")
    if key.assertion_keys:
        signers = ",".join(map(_thumbprint, key.assertion_keys))
        facts.append(f"with user assertions of {signers}")
    roles, created = ",".join(key.roles), f"{key.created_at:%Y-%m-%d}"
    return [key.id, roles, created, "; ".join(facts), key.label]


def _thumbprint(jwk: Any) -> str:
    """Return the thumbprint of a public key (RFC 7638); a refused row may hold anything."""
    try:
        return thumbprint(dict(jwk))
    except Exception:  # a JWK that makes its parser fail has no thumbprint
        return "an unreadable key"


async def _adopt(services: Services, arguments: argparse.Namespace) -> int:
    if await services.keys.adopt(arguments.tenant, Secret(sys.stdin.readline())):
        return 0
    return _fail(f"tenant {arguments.tenant} has no refused key with this id and secret")


async def _delete(services: Services, arguments: argparse.Namespace) -> int:
    if await services.keys.delete(arguments.tenant, arguments.id):
        return 0
    return _fail(f"no key {arguments.id} in tenant {arguments.tenant}")


def _fail(problem: str) -> int:
    say(f"gateway: {problem}", error=True)
    return 1


def _duration(text: str) -> timedelta:
    match = re.fullmatch(r"([1-9][0-9]{0,6})([mhd])", text)
    if match is None:
        raise argparse.ArgumentTypeError("give a duration like 90d, 12h or 30m")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _jwks(name: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise argparse.ArgumentTypeError("the file is missing or is not JSON") from None
    keys = document.get("keys", [document]) if isinstance(document, dict) else document
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        raise argparse.ArgumentTypeError("the file holds neither a JWK nor a JWK Set")
    return keys
