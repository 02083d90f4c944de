"""Who a person is, and the development login, which believes any name and exists in dev mode only.

A deployment has one way to sign in (``GATEWAY_LOGIN``): this one, an OpenID Connect provider
(``oidc.py``) or a host that knows its users (``handoff.py``). Without one the sign-in page says so,
and the API with service keys works all the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.access.identity import DEFAULT_TENANT, MAX_USER, Identity, is_user_id
from gateway.errors import InvalidRequest, SettingsError
from gateway.settings.environment import Settings


class DevLogin:
    """Pick a name. For development only: it asks for no proof."""

    suggestions = ("alice", "bob")

    def __init__(self, settings: Settings) -> None:
        if not settings.dev:
            raise SettingsError("the development login exists in dev mode only")

    def identify(self, form: Mapping[str, str]) -> Identity:
        """The name that was picked or typed."""
        user = (form.get("pick") or form.get("name") or "").strip()
        if not is_user_id(user):
            raise InvalidRequest(f"A name has 1 to {MAX_USER} printable characters.")
        return Identity(tenant=DEFAULT_TENANT, user=user)
