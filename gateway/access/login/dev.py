"""The development login, which accepts any name and exists only in dev mode.

A deployment has at most one login method (``GATEWAY_LOGIN``): this one, an OpenID Connect provider
(``oidc.py``) or a host application (``handoff.py``). Without one, the API with service keys works.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.access.identity import DEFAULT_TENANT, MAX_USER, Identity, is_user_id
from gateway.errors import InvalidRequest, SettingsError
from gateway.settings.environment import Settings


class DevLogin:
    """Sign-in by name, without any proof."""

    suggestions = ("alice", "bob")

    def __init__(self, settings: Settings) -> None:
        if not settings.dev:
            raise SettingsError("the development login exists in dev mode only")

    def identify(self, form: Mapping[str, str]) -> Identity:
        """Return the identity of the name that was picked or typed."""
        user = (form.get("pick") or form.get("name") or "").strip()
        if not is_user_id(user):
            raise InvalidRequest(f"A name has 1 to {MAX_USER} printable characters.")
        return Identity(tenant=DEFAULT_TENANT, user=user)
