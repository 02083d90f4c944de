"""A gateway starts without its connectors, and loads them when somebody asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys

PROGRAM = """
import asyncio, json, os, sys
from pydantic import SecretStr
from gateway.encryption.vault import new_encryption_key
from gateway.sandbox.link import NO_SANDBOX
from gateway.settings.environment import Settings
from gateway.web.app import create_app
from gateway.wiring.mounted import log_connectors
from gateway.wiring.process import open_services

def loaded():
    folders = ("connectors.catalog.", "connectors.tools.", "connectors.sandbox.")
    slow = {"graphql", "mcp", "mcp_types"}
    return sorted(name for name in sys.modules if name.startswith(folders) or name in slow)

async def main():
    env = {"OAUTH_FIGMA_CLIENT_ID": "id", "OAUTH_FIGMA_CLIENT_SECRET": "secret"}
    settings = Settings(
        mongodb_url=SecretStr(os.environ["URL"]),
        mongodb_database=os.environ["NAME"],
        encryption_keys=SecretStr(f"k:{new_encryption_key()}"),
        public_url="https://gateway.example.com",
    )
    seen = []
    async with open_services(settings, {}) as services:
        create_app(settings, None)
        log_connectors(services.catalog, {}, NO_SANDBOX)
        seen.append(loaded())
        services.catalog.described("google")
        seen.append(loaded())
        offered = await services.apps.offered(None)
        seen.append(loaded())
    async with open_services(settings, env) as services:
        log_connectors(services.catalog, env, NO_SANDBOX)
    print(json.dumps([*seen, len(offered)]))

asyncio.run(main())
"""


def test_a_start_imports_no_connector_and_the_first_list_all(
    mongodb_url: str, database_name: str
) -> None:
    """An alias loads no other connector, either."""
    env = {**os.environ, "URL": mongodb_url, "NAME": database_name}
    run = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(run, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    start, one, every, offered = json.loads(done.stdout.splitlines()[-1])
    assert start == []
    assert one == ["connectors.catalog.google"]
    assert len(every) >= offered > 1
    assert not [name for name in every if not name.startswith("connectors.catalog.")]
