"""The connectors of a process, and their prices."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import connectors
from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from gateway.engine.scopes import answered_name, has_unusual_letters
from gateway.observe.logs import get_logger
from gateway.sandbox.link import NO_SANDBOX, SandboxLink
from gateway.settings.environment import Settings
from gateway.settings.extra_scopes import read_extra_scopes
from gateway.usage.prices import FILE, Prices, read_prices

_log = get_logger()


def open_catalog(
    settings: Settings, env: Mapping[str, str], sandbox: SandboxLink = NO_SANDBOX
) -> Catalog:
    """Return the connectors of this process; raises ``ConfigError`` or ``SettingsError``."""
    catalog = Catalog(sandbox.overlay(env), settings.connectors_path)
    extra = read_extra_scopes(env, catalog.names())
    catalog = catalog.with_scopes(extra)
    for connector, added in extra.items():
        if not catalog.is_ready(connector):
            continue
        config = catalog.get(connector)
        if not isinstance(config, ConnectorConfig):
            continue
        own = [name for name in config.scopes if name not in added]
        for scope in added:
            if (name := answered_name(config, scope)) != scope:
                _log.warning(
                    "extra_scope_respelled", connector=config.name, scope=scope, provider_says=name
                )
            elif has_unusual_letters(scope, own):
                _log.warning("extra_scope_letters", connector=config.name, scope=scope)
    return catalog


def open_prices(settings: Settings, catalog: Catalog) -> Prices:
    """Return the price list, with that of ``GATEWAY_CONNECTORS_PATH``; raises ``ConfigError``."""
    folders = [Path(connectors.__file__).parent, settings.connectors_path]
    files = [folder / FILE for folder in folders if folder is not None]
    return read_prices(*files, connectors=catalog.names())
